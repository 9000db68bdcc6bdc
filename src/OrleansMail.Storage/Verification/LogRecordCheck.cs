using System.Security.Cryptography;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks what a scan finds in logs: the content of each record behind its checksums.</summary>
internal sealed class LogRecordCheck(VerificationReport report, LogInventory inventory, string path, bool isFirst) : ILogVisitor
{
    /// <inheritdoc/>
    public void Visit(in ScannedRecord record)
    {
        report.Counts.Records++;
        try
        {
            Check(record);
        }
        catch (Exception exception) when (exception is InvalidDataException or PayloadDamagedException)
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
        if (record.Header.IsSealed)
            report.Counts.Sealed++;
        if (RecordContent.Read(record.Header, record.Metadata.Span) is not { } content)
        {
            report.Add(MismatchKinds.Record, path, $"The message at {record.Position} is in no mailbox.");
            return;
        }

        var domain = inventory.Add(record.Header.Sequence, content.Summary);
        if (content.Object is { } referred)
            domain.Objects.Add(referred);
        else if (content.Sha256 is { } expected)
            CheckPayload(record, content.Summary, expected.Span);
    }

    private void CheckPayload(in ScannedRecord record, in MessageSummary message, ReadOnlySpan<byte> expected)
    {
        report.Counts.Payloads++;
        if (record.Payload.Length != message.Size || !SHA256.HashData(record.Payload.Span).AsSpan().SequenceEqual(expected))
            report.Add(MismatchKinds.Payload, path, $"The payload of record {message.Id} at {record.Position} is not the one that was received.");
    }
}
