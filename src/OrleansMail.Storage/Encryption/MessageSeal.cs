using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Encryption;

/// <summary>Seals what must be sealed and opens what is, with the keys of its tenant. What is in the clear never asks for a key.</summary>
/// <param name="keyring">The keys; null where there are none: then what needs one is unavailable.</param>
internal sealed class MessageSeal(TenantKeyring? keyring)
{
    /// <summary>The form that a submission is written in.</summary>
    /// <exception cref="TenantKeyUnavailableException">It must be sealed, and the key can't be had.</exception>
    public ValueTask<RecordForm> FormAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        submission.Sealed ? SealAsync(domain, submission, cancellationToken) : new(RecordForm.Plain(submission));

    /// <summary>A message as it stands in one of its mailboxes, and whose it is; null when the record has none at that place.</summary>
    /// <param name="record">Header and metadata, sound.</param>
    /// <param name="place">Index of the mailbox.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="path">Where an inline payload is.</param>
    /// <param name="payloadAt">Where it begins there; null when the payload follows the metadata, which begins at <paramref name="recordAt"/>.</param>
    /// <param name="recordAt">Where the record begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PayloadDamagedException">It is sealed and fails its check.</exception>
    /// <exception cref="TenantKeyUnavailableException">It is sealed, and the key can't be had.</exception>
    public ValueTask<(StoredMessage? Message, DomainKey Domain)> DecodeAsync(
        ReadOnlyMemory<byte> record, int place, string store, string path, long? payloadAt, long recordAt, CancellationToken cancellationToken)
    {
        LogRecordHeader.TryRead(record.Span, out var header);
        var metadata = record.Slice(LogRecordHeader.Size, header.MetadataLength);
        var at = payloadAt ?? recordAt + header.PayloadOffset;
        return header.IsSealed
            ? OpenAsync(metadata, place, store, path, at, cancellationToken)
            : new((MessageDecoder.Decode(metadata.Span, place, store, path, at, out var domain), domain));
    }

    /// <summary>A tenant's keys; the caller disposes them.</summary>
    /// <exception cref="TenantKeyUnavailableException">They can't be had.</exception>
    public ValueTask<TenantDataKeys> KeysAsync(Incarnation tenant, CancellationToken cancellationToken) =>
        keyring?.GetAsync(tenant, cancellationToken) ?? throw new TenantKeyUnavailableException("This process has no keys of tenants.");

    // Another process may have made a newer version.
    private ValueTask<TenantDataKeys> KeysAsync(Incarnation tenant, uint version, CancellationToken cancellationToken) =>
        keyring?.GetAsync(tenant, version, cancellationToken) ?? throw new TenantKeyUnavailableException("This process has no keys of tenants.");

    private async ValueTask<RecordForm> SealAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken)
    {
        var keys = await KeysAsync(domain.Tenant, cancellationToken);
        try
        {
            return RecordForm.Sealed(domain, submission, keys);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private async ValueTask<(StoredMessage? Message, DomainKey Domain)> OpenAsync(
        ReadOnlyMemory<byte> metadata, int place, string store, string path, long payloadAt, CancellationToken cancellationToken)
    {
        using var keys = await KeysAsync(MessageDecoder.Summarize(metadata.Span).Domain.Tenant, SealedMessage.VersionOf(metadata.Span), cancellationToken);
        var message = MessageDecoder.Decode(SealedMessage.Open(metadata.Span, keys), place, store, path, payloadAt, out var domain);
        return (message is null ? null : message with { Location = message.Location with { SealedFor = domain, Record = message.Id.Record } }, domain);
    }
}
