using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api.Messages;

/// <summary>Shows stored messages.</summary>
internal static class MessageView
{
    private static readonly (MessageFlags Flag, string Name)[] FlagNames =
    [
        (MessageFlags.BareNewlines, "bareNewlines"), (MessageFlags.RequireTls, "requireTls"), (MessageFlags.SmtpUtf8, "smtputf8"),
    ];

    /// <summary>Shows one.</summary>
    /// <param name="tenant">Its tenant.</param>
    /// <param name="mailbox">Its mailbox's address.</param>
    /// <param name="message">The message.</param>
    /// <param name="attachments">Null in lists.</param>
    public static MessageResource Show(TenantId tenant, string mailbox, StoredMessage message, IReadOnlyList<AttachmentResource>? attachments = null)
    {
        var headers = new KeptHeaders(message.Headers);
        return new(
            message.Id.ToString(),
            mailbox,
            message.Sequence,
            message.ReceivedAt,
            Envelope(message),
            message.Size,
            Convert.ToHexStringLower(message.Sha256.Span),
            Convert.ToHexStringLower(message.ContentSha256.Span),
            headers.Show(),
            MessageClassifier.Classify(message.ReversePath, headers),
            ThreadIds.Of(tenant, message.Id, headers),
            new VerdictsResource("unverified"),
            [.. FlagNames.Where(flag => (message.Flags & flag.Flag) != 0).Select(flag => flag.Name)],
            attachments);
    }

    private static EnvelopeResource Envelope(StoredMessage message)
    {
        var session = message.Session;
        return new(
            message.ReversePath,
            [.. message.Mailbox.Recipients.Select(r => new RecipientResource(r.Address, r.Received, r.Tag))],
            session.Helo,
            session.RemoteAddress,
            session.Protocol,
            session.Tls is { } tls ? Tls(tls) : null);
    }

    private static TlsResource Tls(TlsFacts tls) => new(
        tls.Version,
        tls.Cipher,
        tls.ServerName,
        tls.ClientCertificate is { } shown ? new ClientCertificateResource(shown.Subject, shown.Fingerprint) : null);
}
