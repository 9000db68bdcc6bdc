using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Server.Api.Messages;

/// <summary>Lists a mailbox, and waits for its next message when there is none yet.</summary>
internal sealed class MessageWaiter(IHostApplicationLifetime lifetime, TimeProvider time)
{
    // Below the 30 s after which a grain call counts as lost.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(20);

    /// <summary>A page behind the position: as soon as it has an item, or when the time is over or the server stops. Null without a mailbox.</summary>
    public async Task<MailboxPage?> ListAsync(
        IMailboxesGrain grain, LocalPart mailbox, MessageCursor? cursor, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        var after = cursor?.After ?? 0;
        var page = await grain.ListMessagesAsync(mailbox, cursor?.Mailbox, after, limit, TimeSpan.Zero, cancellationToken);
        var incarnation = page?.Mailbox.Incarnation;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var started = time.GetTimestamp();
        while (page is { Page.Items.Count: 0 } && wait - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero && !stop.IsCancellationRequested)
        {
            try
            {
                page = await grain.ListMessagesAsync(mailbox, incarnation, after, limit, left < LongestCall ? left : LongestCall, stop.Token);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                break; // the empty page is a true answer, and its cursor goes on elsewhere
            }
        }

        return page;
    }
}
