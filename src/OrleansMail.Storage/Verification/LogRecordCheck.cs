using System.Security.Cryptography;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks what a scan finds in logs: the content of each record behind its checksums.</summary>
internal sealed class LogRecordCheck(VerificationReport report, LogInventory inventory, string path, string store, bool isFirst) : ILogVisitor
{
    /// <inheritdoc/>
    public void Visit(in ScannedRecord record)
    {
        report.Counts.Records++;
        if (record.Header.IsSealed)
        {
            report.Counts.Sealed++;
            return;
        }

        try
        {
            Check(record);
        }
        catch (InvalidDataException exception)
        {
            report.Add(MismatchKinds.Record, path, $"The record at {record.Position} is sound by its checksum and can't be read: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Damaged(long position, long octets, long records)
    {
        // What is missing in front of the first log is not damage of that log: the checkpoint says where it begins.
        if (isFirst && position == 0 && octets == 0)
            report.Add(MismatchKinds.Checkpoint, path, $"{records} records are missing between what the checkpoint says was before this log, and its first.");
        else
            report.Add(MismatchKinds.Log, path, $"{octets} octets at {position} are damaged; {records} records are missing.");
    }

    private void Check(in ScannedRecord record)
    {
        switch (record.Header.Type)
        {
            case LogRecordType.MessageInline or LogRecordType.MessageReference:
                CheckMessage(record);
                break;
            case LogRecordType.Seen:
                SeenRecord.Decode(record.Metadata.Span);
                break;
            case LogRecordType.Fence:
                FenceRecord.Decode(record.Metadata.Span);
                break;
            case LogRecordType.Change or LogRecordType.Tombstone:
                ChangeRecord.Decode(record.Metadata.Span);
                break;
            case LogRecordType.Decisions:
                DecisionsRecord.Decode(record.Metadata.Span);
                break;
            default:
                break; // of a later version: its checksums are right
        }
    }

    private void CheckMessage(in ScannedRecord record)
    {
        var summary = MessageDecoder.Summarize(record.Metadata.Span);
        var domain = inventory.Add(record.Header.Sequence, summary);
        if (MessageDecoder.Decode(record.Metadata.Span, 0, store, path, 0, out _) is not { } message)
            report.Add(MismatchKinds.Record, path, $"The message at {record.Position} is in no mailbox.");
        else if (record.Header.Type == LogRecordType.MessageReference)
            domain.Objects.Add(new ReferredObject(record.Header.Sequence, summary.Id, message.Location.Path, message.Size, message.Sha256));
        else
            CheckPayload(record, message);
    }

    private void CheckPayload(in ScannedRecord record, StoredMessage message)
    {
        report.Counts.Payloads++;
        if (record.Payload.Length != message.Size || !SHA256.HashData(record.Payload.Span).AsSpan().SequenceEqual(message.Sha256.Span))
            report.Add(MismatchKinds.Payload, path, $"The payload of record {message.Id.Record} at {record.Position} is not the one that was received.");
    }
}
