using System.Text;
using System.Text.Unicode;

namespace OrleansMail.Smtp.Authentication;

/// <summary>A mechanism: what the server asks, and the credentials that the answers are.</summary>
internal abstract class SaslMechanism
{
    private const int MaxName = 255;
    private const int MaxPassword = 1024;

    private static readonly SaslMechanism Plain = new PlainMechanism();
    private static readonly SaslMechanism Login = new LoginMechanism();

    /// <summary>The challenges, one for each response; the first is left out when the client began with a response.</summary>
    public abstract IReadOnlyList<SmtpReply> Challenges { get; }

    /// <summary>The mechanism of a name, in any case; null when there is none.</summary>
    public static SaslMechanism? Find(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "PLAIN"u8) ? Plain : Ascii.EqualsIgnoreCase(name, "LOGIN"u8) ? Login : null;

    /// <summary>Reads the responses.</summary>
    /// <param name="responses">As many as there are challenges.</param>
    /// <param name="credentials">Null also when they are well formed and can't be anybody's: too long, empty or not UTF-8.</param>
    /// <returns>False when they are not well formed.</returns>
    public abstract bool TryRead(IReadOnlyList<byte[]> responses, out SmtpCredentials? credentials);

    // Compared as they are: SASLprep (RFC 4013) would make one of what an authenticator's store may keep as two.
    private static SmtpCredentials? Create(ReadOnlySpan<byte> authorization, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        var inBounds = authorization.Length <= MaxName && user.Length is > 0 and <= MaxName && password.Length is > 0 and <= MaxPassword;
        return inBounds && Utf8.IsValid(authorization) && Utf8.IsValid(user) && Utf8.IsValid(password)
            ? new SmtpCredentials(Encoding.UTF8.GetString(authorization), Encoding.UTF8.GetString(user), Encoding.UTF8.GetString(password))
            : null;
    }

    /// <summary>RFC 4616 §2: <c>[authzid] NUL authcid NUL passwd</c>.</summary>
    private sealed class PlainMechanism : SaslMechanism
    {
        public override IReadOnlyList<SmtpReply> Challenges { get; } = [new(334, null, "")];

        public override bool TryRead(IReadOnlyList<byte[]> responses, out SmtpCredentials? credentials)
        {
            credentials = null;
            var message = responses[0].AsSpan();
            var first = message.IndexOf((byte)0);
            var last = message.LastIndexOf((byte)0);
            if (first == last || message.Count((byte)0) != 2)
                return false;
            credentials = Create(message[..first], message[(first + 1)..last], message[(last + 1)..]);
            return true;
        }
    }

    /// <summary>Never standardised (draft-murchison-sasl-login): the words are those that clients look for.</summary>
    private sealed class LoginMechanism : SaslMechanism
    {
        public override IReadOnlyList<SmtpReply> Challenges { get; } =
            [new(334, null, "VXNlcm5hbWU6"), new(334, null, "UGFzc3dvcmQ6")]; // "Username:", "Password:"

        public override bool TryRead(IReadOnlyList<byte[]> responses, out SmtpCredentials? credentials)
        {
            credentials = null;
            if (responses.Any(static response => response.Contains((byte)0)))
                return false;
            credentials = Create(default, responses[0], responses[1]);
            return true;
        }
    }
}
