namespace OrleansMail.Smtp.Proxy;

/// <summary>The PROXY header in front of a session, where one is believed.</summary>
internal static class ProxyPrologue
{
    /// <summary>Takes the header, if there is one.</summary>
    /// <returns>False when the session is over.</returns>
    public static ValueTask<bool> RunAsync(SmtpSession session)
    {
        if (session.Context.Listener.RequireProxy)
            session.Close();
        return new(!session.IsClosing);
    }
}
