using System.Text;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Fuzz.Targets;

/// <summary>Responses are strict base64: what is decoded is the only thing it can be; credentials are what was sent, and within bounds.</summary>
internal sealed class SaslTarget : IFuzzTarget
{
    public string Name => "sasl";

    public void Run(byte[] input)
    {
        JudgePlain(input);
        if (SaslResponse.Decode(input) is not { } decoded)
            return;
        PropertyException.UnlessEqual(input, Encoding.ASCII.GetBytes(Convert.ToBase64String(decoded)), "There is one way to write a response");
        JudgePlain(decoded);
    }

    private static void JudgePlain(byte[] message)
    {
        var isRead = SaslMechanism.Find("plain"u8)!.TryRead([message], out var credentials);
        PropertyException.Unless(isRead == (message.Count(static octet => octet == 0) == 2), "A PLAIN message has two NULs");
        if (credentials is null)
            return;
        var again = Encoding.UTF8.GetBytes($"{credentials.AuthorizationId}\0{credentials.UserName}\0{credentials.Password}");
        PropertyException.UnlessEqual(message, again, "Credentials are what was sent");
    }
}
