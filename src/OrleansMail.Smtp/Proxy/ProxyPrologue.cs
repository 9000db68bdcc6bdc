using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Smtp.Proxy;

/// <summary>
/// The PROXY header in front of a session, where one is believed. It has to come at once; SMTP's server speaks first, so that a trusted peer that sends
/// nothing is greeted after a short while unless the listener requires the header.
/// </summary>
internal static partial class ProxyPrologue
{
    // A header leaves the proxy with the connection; one lost segment is sent again within this. The clock looks each second, so it may be two.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>Takes the header, if there is one.</summary>
    /// <returns>False when the session is over; nothing was said.</returns>
    public static ValueTask<bool> RunAsync(SmtpSession session)
    {
        if (session.TrustedProxies.Contain(session.Context.RemoteEndPoint))
            return TakeAsync(session);
        return new(!session.Context.Listener.RequireProxy || Refuse(session, "it comes from no trusted proxy"));
    }

    /// <summary>Ends the session of a trusted peer without a word: whom it speaks for is not known.</summary>
    public static bool Refuse(SmtpSession session, string reason)
    {
        Log.Refused(session.Logger, reason);
        session.EndSilently(StandardReplies.ProxyRefused(session.Context.HostName), SmtpStage.Connection);
        return false;
    }

    private static async ValueTask<bool> TakeAsync(SmtpSession session)
    {
        var required = session.Context.Listener.RequireProxy;
        var greeting = session.Options.Timeouts.Greeting;
        session.StartPhase(SmtpTimeout.Greeting, required || greeting < Wait ? greeting : Wait);
        var complaint = await WaitAsync(session, required);
        session.StartPhase(SmtpTimeout.Greeting, greeting);
        return complaint is null ? !session.IsClosing : Refuse(session, complaint);
    }

    // Null when the session goes on, or ends because its peer has gone; else what is wrong.
    private static async ValueTask<string?> WaitAsync(SmtpSession session, bool required)
    {
        while (true)
        {
            var input = session.Input.Buffer;
            switch (ProxyHeaderParser.TryTake(ref input, out var header))
            {
                case ProxyHeaderStatus.Complete:
                    session.Input.Consume(input.Start);
                    Apply(session, header);
                    return null;
                case ProxyHeaderStatus.Invalid:
                    return "its PROXY header is invalid";
                case ProxyHeaderStatus.Absent:
                    return Without(session, required);
            }

            switch (await session.WaitAsync())
            {
                case ReadOutcome.Expired:
                    return session.Input.Buffer.IsEmpty ? Without(session, required) : "its PROXY header did not come to an end in time";
                case ReadOutcome.Ended:
                    session.Close();
                    return null;
                case ReadOutcome.LookUp when session.IsToEnd && !required:
                    return null; // the greeting will be a 421
                case ReadOutcome.LookUp when session.IsToEnd:
                    session.Close();
                    return null;
            }
        }
    }

    private static string? Without(SmtpSession session, bool required)
    {
        session.MayTellClient = true;
        return required ? "it sends no PROXY header" : null;
    }

    private static void Apply(SmtpSession session, ProxyHeader header)
    {
        var context = session.Context;
        if (header.Source is null)
        {
            session.MayTellClient = header.IsLocal;
            return;
        }

        context.ProxyEndPoint = context.RemoteEndPoint;
        context.RemoteEndPoint = header.Source;
        context.LocalEndPoint = header.Destination;
        session.MayTellClient = session.TrustedProxies.Contain(header.Source); // the one who speaks from here on is the client
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The connection was closed without a greeting: {Reason}.", EventName = "ProxyRefused")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
