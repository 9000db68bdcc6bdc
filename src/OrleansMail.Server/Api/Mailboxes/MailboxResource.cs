using System.ComponentModel;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Server.Api.Requests;

namespace OrleansMail.Server.Api.Mailboxes;

/// <summary>A mailbox as the API shows it.</summary>
[Description("A mailbox: an address that stores mail.")]
internal sealed record MailboxResource(
    [property: Description("Its address, quoted where its characters need it.")] string Address,
    [property: Description("Whether it receives mail.")] ActivityStatus Status,
    [property: Description("Messages in it.")] long Messages,
    [property: Description("Octets of all of them.")] long Bytes,
    [property: Description("When the newest was received; null when there was none.")] DateTimeOffset? LastMessageAt,
    [property: Description("Days until a message expires, as set; null when nothing was set.")] int? RetentionDays,
    [property: Description("Days until a message expires, all rules taken together; null when none does, as under a legal hold.")] int? EffectiveRetention)
{
    /// <summary>Shows a mailbox.</summary>
    public static MailboxResource From(MailboxStatus status)
    {
        var (mailbox, usage) = (status.Mailbox, status.Usage);
        return new(
            mailbox.LocalPart.At(mailbox.Domain),
            mailbox.Settings.Suspended ? ActivityStatus.Suspended : ActivityStatus.Active,
            usage.Messages,
            usage.Bytes,
            usage.LastMessageAt,
            mailbox.Settings.RetentionDays,
            status.EffectiveRetention);
    }
}

/// <summary>What a PUT may say of a mailbox.</summary>
[ReadOnlyFields("address", "messages", "bytes", "lastMessageAt", "effectiveRetention")]
[Description("What can be set of a mailbox. What is absent gets its default.")]
internal sealed record MailboxRequest(
    [property: Description("A suspended mailbox's mail is deferred with 450 4.7.0.")] ActivityStatus Status = ActivityStatus.Active,
    [property: Description("Days until a message expires, from 1 to 36500; null where the domain's or the tenant's days count.")] int? RetentionDays = null)
{
    /// <summary>As the grain takes it.</summary>
    public MailboxSettings ToSettings() => new(Status == ActivityStatus.Suspended, RetentionDays);
}
