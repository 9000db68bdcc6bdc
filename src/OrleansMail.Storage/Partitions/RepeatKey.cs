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
        var keys = new UInt128[submission.Mailboxes.Sum(m => m.Recipients.Count)];
        var messageId = MessageIdOf(submission.Headers);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var next = 0;
        foreach (var mailbox in submission.Mailboxes)
        {
            foreach (var recipient in mailbox.Recipients)
                keys[next++] = Of(hash, mailbox.Incarnation, submission, recipient.Received, messageId);
        }

        return keys;
    }

    private static UInt128 Of(IncrementalHash hash, Incarnation mailbox, MessageSubmission submission, string recipient, ReadOnlySpan<byte> messageId)
    {
        Span<byte> octets = stackalloc byte[SHA256.HashSizeInBytes];
        mailbox.Value.TryWriteBytes(octets);
        hash.AppendData(octets[..16]);
        hash.AppendData(submission.Payload.RepeatSha256.Span);
        Append(hash, submission.ReversePath);
        Append(hash, recipient);
        Append(hash, messageId);
        hash.GetHashAndReset(octets);
        return new UInt128(BitConverter.ToUInt64(octets[8..]), BitConverter.ToUInt64(octets));
    }

    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> octets = stackalloc byte[512];
        Append(hash, Encoding.UTF8.TryGetBytes(text, octets, out var count) ? octets[..count] : Encoding.UTF8.GetBytes(text));
    }

    // Each part behind its length, so that no two lists of parts are the same octets.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> octets)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, octets.Length);
        hash.AppendData(length);
        hash.AppendData(octets);
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
