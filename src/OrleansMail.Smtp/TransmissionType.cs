namespace OrleansMail.Smtp;

/// <summary>The words of the <c>with</c> clause (RFC 3848; those of SMTPUTF8 are RFC 6531 §4.3's).</summary>
internal static class TransmissionType
{
    private static readonly string[] Smtp = ["ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA"];
    private static readonly string[] Utf8Smtp = ["UTF8SMTP", "UTF8SMTPS", "UTF8SMTPA", "UTF8SMTPSA"];
    private static readonly string[] Lmtp = ["LMTP", "LMTPS", "LMTPA", "LMTPSA"];
    private static readonly string[] Utf8Lmtp = ["UTF8LMTP", "UTF8LMTPS", "UTF8LMTPA", "UTF8LMTPSA"];

    /// <summary>The word for a session's present state.</summary>
    public static string Of(SmtpSessionContext session, bool utf8)
    {
        if (!session.IsExtended && !session.Listener.Lmtp)
            return "SMTP";
        var words = (session.Listener.Lmtp, utf8) switch
        {
            (false, false) => Smtp,
            (false, true) => Utf8Smtp,
            (true, false) => Lmtp,
            (true, true) => Utf8Lmtp,
        };
        return words[(session.Tls is null ? 0 : 1) + (session.Identity is null ? 0 : 2)];
    }
}
