using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Limits;

namespace OrleansMail.Server.Gateway;

/// <summary>The gateway's replies, for people: they echo no address and tell nothing of what else exists.</summary>
internal static class GatewayReplies
{
    public static readonly SmtpReply MailboxUnknown = new(550, new(5, 1, 1), "No such mailbox here") { Reason = GatewayReasons.MailboxUnknown };
    public static readonly SmtpReply DomainUnknown = new(550, new(5, 7, 1), "Nobody here receives mail for this domain") { Reason = GatewayReasons.DomainUnknown };
    public static readonly SmtpReply Literal = new(550, new(5, 7, 1), "Address literals do not receive mail here") { Reason = GatewayReasons.DomainUnknown };
    public static readonly SmtpReply NotTheKeysTenant = new(550, new(5, 7, 1), "This session's key delivers to its own tenant's addresses only") { Reason = SmtpReasons.Authentication };
    public static readonly SmtpReply KeyEnded = new(530, new(5, 7, 0), "This session's key has ended, authenticate with another") { Reason = SmtpReasons.Authentication };
    public static readonly SmtpReply Suspended = new(450, new(4, 7, 0), "Mail for this recipient is suspended for now, try again later") { Reason = GatewayReasons.Suspended };
    public static readonly SmtpReply TooManyMailboxes = new(452, new(4, 5, 3), "Too many mailboxes for one message") { Reason = GatewayReasons.Mailboxes };
    public static readonly SmtpReply AliasLoop = new(550, new(5, 4, 6), "This address leads back to itself") { Reason = GatewayReasons.AliasLoop };
    public static readonly SmtpReply RehearsedDeferral = new(450, new(4, 2, 1), "Mailbox busy, try again later (rehearsed)") { Reason = GatewayReasons.Rehearsed };
    public static readonly SmtpReply RehearsedQuota = new(452, new(4, 2, 2), "Mailbox full (rehearsed)") { Reason = GatewayReasons.Rehearsed };
    public static readonly SmtpReply OtherTransaction = new(452, new(4, 5, 3), "Send this recipient in a transaction of its own") { Reason = GatewayReasons.OtherTenant };
    public static readonly SmtpReply TooLarge = new(552, new(5, 3, 4), "Message is larger than this recipient accepts") { Reason = SmtpReasons.Size };
    public static readonly SmtpReply Unavailable = new(451, new(4, 3, 0), "Can't store mail right now, try again later") { Reason = GatewayReasons.Unavailable };
    public static readonly SmtpReply Full = new(452, new(4, 3, 1), "No room for this message right now, try again later") { Reason = GatewayReasons.Full };
    public static readonly SmtpReply Busy = new(451, new(4, 3, 2), "Too much mail at once, try again later") { Reason = GatewayReasons.Busy };

    /// <summary>The refusal an outcome gets; null when it accepts.</summary>
    public static SmtpReply? For(ResolutionOutcome outcome) => outcome switch
    {
        ResolutionOutcome.Accepted or ResolutionOutcome.RehearsedDelay => null,
        ResolutionOutcome.MailboxUnknown => MailboxUnknown,
        ResolutionOutcome.DomainUnknown => DomainUnknown,
        ResolutionOutcome.Suspended => Suspended,
        ResolutionOutcome.TooManyMailboxes => TooManyMailboxes,
        ResolutionOutcome.AliasLoop => AliasLoop,
        ResolutionOutcome.RehearsedDeferral => RehearsedDeferral,
        ResolutionOutcome.RehearsedQuota => RehearsedQuota,
        _ => Unavailable, // an outcome of a newer silo: the retry may meet one that knows it
    };

    /// <summary>The refusal that a store's condition gets; null when it takes mail.</summary>
    public static SmtpReply? For(StoreCondition condition) => condition switch
    {
        StoreCondition.Full => Full,
        StoreCondition.Unavailable => Unavailable,
        _ => null,
    };

    /// <summary>The final reply of a message that is durable.</summary>
    public static SmtpReply Queued(Contracts.Messages.MessageId id) => new(250, new(2, 0, 0), $"Ok: queued as {id}");
}
