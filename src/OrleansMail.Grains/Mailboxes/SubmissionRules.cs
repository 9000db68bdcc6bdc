using System.Security.Cryptography;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>What a submission must be before it reaches a log: a caller that breaks these has a bug, and nothing is recorded.</summary>
internal static class SubmissionRules
{
    private const int MaxMarks = 1024; // four times what a gateway sends
    private const int MaxReversePath = 1024; // RFC 5321 §4.5.3.1.3 says 256 octets; SMTPUTF8 and odd clients need more

    /// <summary>Checks one.</summary>
    /// <exception cref="ArgumentException">It breaks a rule.</exception>
    public static void Check(MessageSubmission submission)
    {
        var payload = submission.Payload;
        Require(submission.Mailboxes.Count is > 0 and <= AliasExpansion.MaxMailboxes, "From 1 to 1,000 mailboxes.");
        Require(submission.Mailboxes.All(m => m.Recipients.Count > 0), "Each mailbox has a recipient that led to it.");
        Require(submission.Mailboxes.Count == 1 || submission.Mailboxes.DistinctBy(m => m.Incarnation).Count() == submission.Mailboxes.Count, "Each mailbox once.");
        Require(submission.ReversePath.Length <= MaxReversePath, "A reverse-path of at most 1,024 characters.");
        Require(submission.Headers.All(h => h.Value.Length <= HeaderField.MaxValue), "Header values of at most 2,048 octets.");
        Require(submission.SessionRecords.Count <= MaxMarks && submission.Seen.Count <= MaxMarks, "At most 1,024 earlier records and 1,024 marks.");
        Require(payload.TraceLength >= 0 && payload.TraceLength <= payload.Size, "The trace lines are part of raw.");
        Require(payload.ObjectPath is not null || payload.Inline.Length == payload.Size, "A payload inline is whole.");
        Require(payload.ObjectPath is null || payload.Inline.IsEmpty, "A payload is inline or an object.");
        Require(payload.Inline.Length <= Payload.MaxInline, "A payload inline is at most 256 KiB.");
        Require(
            payload.Sha256.Length == SHA256.HashSizeInBytes && payload.ContentSha256.Length == SHA256.HashSizeInBytes
            && payload.RepeatSha256.Length == SHA256.HashSizeInBytes,
            "Three SHA-256 of 32 octets.");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new ArgumentException(rule);
    }
}
