namespace OrleansMail.Server.Gateway;

/// <summary>The gateway's words for reasons, beside the engine's (<see cref="Smtp.Limits.SmtpReasons"/>). The list is closed: a word once given keeps its meaning.</summary>
public static class GatewayReasons
{
    /// <summary>The domain is here, the mailbox is not.</summary>
    public const string MailboxUnknown = "mailbox-unknown";

    /// <summary>Nobody here has the domain, or it is a literal.</summary>
    public const string DomainUnknown = "domain-unknown";

    /// <summary>The tenant, domain or mailbox is suspended.</summary>
    public const string Suspended = "suspended";

    /// <summary>The recipients lead to more mailboxes than one message may have.</summary>
    public const string Mailboxes = "mailboxes";

    /// <summary>The alias leads back to itself.</summary>
    public const string AliasLoop = "alias-loop";

    /// <summary>Another tenant's recipient: it needs a transaction of its own.</summary>
    public const string OtherTenant = "other-tenant";

    /// <summary>The mailbox or the store is full.</summary>
    public const string Full = "full";

    /// <summary>A grain or the store does not answer.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The memory for payloads is in use.</summary>
    public const string Busy = "busy";

    /// <summary>A failure that was asked for by its address.</summary>
    public const string Rehearsed = "rehearsed";
}
