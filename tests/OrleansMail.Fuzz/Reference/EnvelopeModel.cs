using OrleansMail.Fuzz.Inputs;

namespace OrleansMail.Fuzz.Reference;

/// <summary>Greeting and transaction as the codes tell them (RFC 5321 §4.1.4).</summary>
internal sealed class EnvelopeModel(ListenerSetup setup)
{
    private bool _isGreeted;
    private bool? _isExtended = false;

    /// <summary>Whether a transaction is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Its recipients that were accepted.</summary>
    public int Recipients { get; private set; }

    /// <summary>The verb of a line, in upper case.</summary>
    public static string Verb(string line) => line.Trim(' ', '\t').Split(' ', '\t')[0].ToUpperInvariant();

    /// <summary>The transmission type (RFC 3848) but for SMTPUTF8; null when nobody but the proxy knows.</summary>
    public string? Protocol(bool isAuthenticated) => _isExtended switch
    {
        null => null,
        false when !setup.Lmtp => "SMTP",
        _ => $"{(setup.Lmtp ? "LMTP" : "ESMTP")}{(setup.Encrypted ? "S" : "")}{(isAuthenticated ? "A" : "")}",
    };

    /// <summary>A command was answered.</summary>
    public void Follow(string verb, string line, int code)
    {
        if (code == 250)
            Follow(verb);
        if (code != 220)
            return;
        PropertyException.Unless(verb == "STARTTLS" ? setup is { OffersTls: true, Encrypted: false } : verb == "XCLIENT" && setup.Trusted && !IsOpen, "STARTTLS and XCLIENT are for those that are offered them");
        (_isGreeted, _isExtended) = (line.Contains("HELO=", StringComparison.OrdinalIgnoreCase), null);
    }

    /// <summary>The transaction is over.</summary>
    public void Close() => (IsOpen, Recipients) = (false, 0);

    private void Follow(string verb)
    {
        switch (verb)
        {
            case "HELO" or "EHLO" or "LHLO":
                PropertyException.Unless(verb == "LHLO" == setup.Lmtp, "LHLO is LMTP's greeting and no other protocol's");
                (_isGreeted, _isExtended) = (true, verb != "HELO");
                Close();
                break;
            case "MAIL":
                PropertyException.Unless(_isGreeted && !IsOpen, "A transaction begins behind a greeting and inside no other");
                IsOpen = true;
                break;
            case "RCPT":
                PropertyException.Unless(IsOpen, "A recipient has a sender");
                Recipients++;
                break;
            case "RSET":
                Close();
                break;
        }
    }
}
