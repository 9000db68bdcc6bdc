namespace OrleansMail.Contracts.Keys;

/// <summary>What an API key of a tenant may do. The numbers are stored: none is used for something else again.</summary>
[Flags]
[GenerateSerializer, Alias("orleansmail.key-scopes")]
public enum KeyScopes
{
    /// <summary>Nothing but to show its own tenant.</summary>
    None = 0,

    /// <summary><c>mail:submit</c>: to be the password of SMTP AUTH (RFC 4954), for mail to the tenant's own mailboxes.</summary>
    MailSubmit = 1 << 0,

    /// <summary><c>mail:read</c>: to list and read messages.</summary>
    MailRead = 1 << 1,

    /// <summary><c>domains:read</c>: to list and show domains.</summary>
    DomainsRead = 1 << 2,

    /// <summary><c>domains:write</c>: to create, change, verify and delete domains, with the mail in them.</summary>
    DomainsWrite = 1 << 3,

    /// <summary><c>mailboxes:read</c>: to list and show mailboxes and aliases.</summary>
    MailboxesRead = 1 << 4,

    /// <summary><c>mailboxes:write</c>: to create, change and delete mailboxes, with the mail in them, and aliases.</summary>
    MailboxesWrite = 1 << 5,

    /// <summary><c>keys:read</c>: to list and show the tenant's keys, never their secrets.</summary>
    KeysRead = 1 << 6,

    /// <summary><c>keys:write</c>: to create keys that may do no more than this one, and to delete any of the tenant's.</summary>
    KeysWrite = 1 << 7,
}
