using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Smtp.Authentication;

/// <summary>One AUTH from its command to its final reply (RFC 4954 §4).</summary>
internal sealed partial class AuthExchange(SmtpSession session, SaslMechanism mechanism)
{
    // Each try costs the authenticator a hash and tells a guesser one password less.
    private const int MaxFailures = 3;

    private readonly List<byte[]> _responses = [];

    /// <summary>Asks for what is missing and checks it.</summary>
    /// <param name="initial">The decoded initial response; null when the client gave none. Cleared.</param>
    /// <param name="cancellationToken">Cancelled when the server ends its sessions.</param>
    /// <returns>The reply; null when the session came to its end.</returns>
    public async ValueTask<SmtpReply?> RunAsync(byte[]? initial, CancellationToken cancellationToken)
    {
        try
        {
            if (initial is not null)
                _responses.Add(initial);
            while (_responses.Count < mechanism.Challenges.Count)
            {
                if (await AskAsync(mechanism.Challenges[_responses.Count]) is { Goes: false } end)
                    return end.Reply;
            }

            return mechanism.TryRead(_responses, out var credentials) ? await CheckAsync(credentials, cancellationToken) : StandardReplies.BadResponse;
        }
        finally
        {
            _responses.ForEach(static response => Secret.Clear(response));
        }
    }

    private async ValueTask<Answer> AskAsync(SmtpReply challenge)
    {
        session.Write(challenge);
        session.StartPhase(SmtpTimeout.Command, session.Options.Timeouts.Command);
        session.Input.TakesResponse = true;
        try
        {
            while (true)
            {
                switch (session.Input.TryTake(out var line))
                {
                    case LineStatus.Complete:
                        return Take(line);
                    case LineStatus.TooLong:
                        return new(false, StandardReplies.AuthLineTooLong);
                    default:
                        if (!await session.FillAsync())
                            return default;
                        break;
                }
            }
        }
        finally
        {
            session.Input.TakesResponse = false;
        }
    }

    private Answer Take(ReadOnlyMemory<byte> line)
    {
        if (SaslResponse.IsCancel(line.Span))
            return new(false, StandardReplies.AuthCancelled);
        var response = SaslResponse.Decode(line.Span);
        Secret.Clear(line);
        if (response is null)
            return new(false, StandardReplies.BadResponse);
        _responses.Add(response);
        return new(true, null);
    }

    private async ValueTask<SmtpReply> CheckAsync(SmtpCredentials? credentials, CancellationToken cancellationToken)
    {
        try
        {
            var identity = credentials is null ? null : await session.Options.Authenticator!.AuthenticateAsync(session.Context, credentials, cancellationToken);
            if (identity is null)
                return ++session.FailedAuthentications > MaxFailures ? StandardReplies.TooManyFailedAuthentications(session.Context.HostName) : StandardReplies.BadCredentials;
            session.Context.Identity = identity;
            await session.RenewDeliveryAsync();
            return StandardReplies.Authenticated;
        }
        catch (Exception e)
        {
            session.Context.Identity = null;
            Log.Failed(session.Logger, e);
            return StandardReplies.AuthUnavailable;
        }
    }

    // What came of a question: a response to go on with, or the end of the exchange with its reply, if there is one.
    private readonly record struct Answer(bool Goes, SmtpReply? Reply);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "An authentication could not be decided; answered 454.", EventName = "AuthenticationFailed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
