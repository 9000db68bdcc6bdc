using System.Text;
using System.Text.Unicode;
using OrleansMail.Fuzz.Inputs;

namespace OrleansMail.Fuzz.Reference;

/// <summary>What AUTH (RFC 4954 §4) makes of a session: whether the next line is a response, and whose credentials were given.</summary>
internal sealed class SaslModel
{
    private const int MaxName = 255;

    private readonly List<string> _responses = [];
    private bool _isLogin;

    /// <summary>Whether the next line answers a challenge, whatever it looks like.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether the client is who it says.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>Another client is there.</summary>
    public void Forget() => IsAuthenticated = false;

    /// <summary>A command line was answered.</summary>
    public void Begin(string line, int code)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        PropertyException.Unless(words[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase), "Only AUTH is answered with a challenge or its outcome");
        PropertyException.Unless(code is not 334 and not 235 || !IsAuthenticated, "A client authenticates once");
        _responses.Clear();
        _isLogin = words.Length > 1 && words[1].Equals("LOGIN", StringComparison.OrdinalIgnoreCase);
        if (words.Length > 2)
            _responses.Add(words[2] == "=" ? "" : words[2]);
        Answer(code);
    }

    /// <summary>A response was answered; null when it was too long.</summary>
    public void Respond(string? line, int code)
    {
        PropertyException.Unless(code == 421 || line is null == (code == 500), "A response that is too long is answered 500, and no other is");
        if (line is not null)
            _responses.Add(line);
        Answer(code);
    }

    private void Answer(int code)
    {
        IsOpen = code == 334;
        PropertyException.Unless(!IsOpen || _responses.Count < (_isLogin ? 2 : 1), "No more is asked than a mechanism needs");
        if (code is not (235 or 535))
            return;
        PropertyException.Unless(code == 235 == IsCarol(), "The client is authenticated by the right credentials and no others");
        IsAuthenticated = code == 235;
    }

    private bool IsCarol()
    {
        var decoded = _responses.ConvertAll(static one => Encoding.Latin1.GetString(Convert.FromBase64String(one)));
        return _isLogin
            ? decoded is [OneUser.Name, OneUser.Password]
            : decoded is [var message] && message.Split('\0') is [var actsAs, OneUser.Name, OneUser.Password] && IsName(actsAs);
    }

    private static bool IsName(string text) => text.Length <= MaxName && Utf8.IsValid(Encoding.Latin1.GetBytes(text));
}
