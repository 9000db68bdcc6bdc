using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// What a retry has in common with the first try (RFC 1047): mailbox, envelope sender, recipient as given, Message-ID and content below the
/// trace fields; 128 bits of their SHA-256, so that nobody can make a message pass for another's repeat.
/// </summary>
internal static class RepeatKey
{
    /// <summary>One key for each recipient of each mailbox, in order.</summary>
    public static UInt128[] Of(MessageSubmission submission)
    {
        var count = 0;
        foreach (var mailbox in submission.Mailboxes)
            count += mailbox.Recipients.Count;
        var keys = new UInt128[count];
        var messageId = MessageIdOf(submission.Headers);
        var next = 0;
        foreach (var mailbox in submission.Mailboxes)
        {
            foreach (var recipient in mailbox.Recipients)
                keys[next++] = Of(mailbox.Incarnation, submission, recipient.Received, messageId);
        }

        return keys;
    }

    // Hashed in one go: an incremental hash costs more than all of its octets.
    private static UInt128 Of(Incarnation mailbox, MessageSubmission submission, string recipient, ReadOnlySpan<byte> messageId)
    {
        const int LargestOnStack = 1024;
        var content = submission.Payload.RepeatSha256.Span;
        var most = 16 + content.Length + (3 * sizeof(int)) + messageId.Length
            + Encoding.UTF8.GetMaxByteCount(submission.ReversePath.Length) + Encoding.UTF8.GetMaxByteCount(recipient.Length);
        var octets = most <= LargestOnStack ? stackalloc byte[LargestOnStack] : new byte[most];
        mailbox.Value.TryWriteBytes(octets);
        content.CopyTo(octets[16..]);
        var length = 16 + content.Length;
        length += Append(octets[length..], submission.ReversePath);
        length += Append(octets[length..], recipient);
        length += Append(octets[length..], messageId);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(octets[..length], hash);
        return new UInt128(BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash));
    }

    // Each part behind its length, so that no two lists of parts are the same octets.
    private static int Append(Span<byte> target, string text)
    {
        var count = Encoding.UTF8.GetBytes(text, target[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(target, count);
        return sizeof(int) + count;
    }

    private static int Append(Span<byte> target, ReadOnlySpan<byte> octets)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, octets.Length);
        octets.CopyTo(target[sizeof(int)..]);
        return sizeof(int) + octets.Length;
    }

    private static ReadOnlySpan<byte> MessageIdOf(IReadOnlyList<HeaderField> headers)
    {
        foreach (var header in headers)
        {
            if (header.Name == HeaderName.MessageId)
                return header.Value.Span.Trim(" \t\r\n"u8);
        }

        return [];
    }
}
