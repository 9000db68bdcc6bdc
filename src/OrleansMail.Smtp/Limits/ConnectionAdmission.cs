namespace OrleansMail.Smtp.Limits;

/// <summary>Whether a new session may stay, once its client's address is known.</summary>
internal static class ConnectionAdmission
{
    /// <summary>Admits the session, or ends it with its last reply.</summary>
    public static bool Admit(SmtpSession session) => !session.IsClosing;
}
