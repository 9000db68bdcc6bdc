using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Something on its way into the log.</summary>
internal interface IPendingWrite
{
    /// <summary>Octets it takes in a batch, about.</summary>
    int Size { get; }

    /// <summary>The domain that it keeps in memory; null when it needs none.</summary>
    DomainIndex? Pinned { get; }

    /// <summary>Its batch is durable.</summary>
    void Complete();

    /// <summary>It is not, as far as is known.</summary>
    void Fail(StoreUnavailableException exception);
}

/// <summary>A submission on its way into the log; its task is what the caller awaits.</summary>
/// <param name="domain">Whose it is; pinned.</param>
/// <param name="form">What it is written as; its payload is written from where it lies. Disposed at the end.</param>
/// <param name="record">Room for a header, and the metadata for all mailboxes.</param>
internal sealed class PendingRecord(DomainIndex domain, RecordForm form, byte[] record)
    : TaskCompletionSource<RecordReceipt>(TaskCreationOptions.RunContinuationsAsynchronously), IPendingWrite
{
    public DomainIndex Domain => domain;

    /// <inheritdoc/>
    public DomainIndex? Pinned => domain;

    public MessageSubmission Submission => form.Submission;

    public RecordForm Form => form;

    /// <inheritdoc/>
    public int Size { get; } = record.Length + form.Submission.Payload.Inline.Length;

    /// <summary>Header and metadata as they are written.</summary>
    public byte[] Record { get; set; } = record;

    /// <summary>The mailboxes that record it: all, or those that no earlier record answers for.</summary>
    public IReadOnlyList<RecordedMailbox> Mailboxes { get; set; } = form.Submission.Mailboxes;

    /// <summary>The keys of <see cref="Mailboxes"/>' recipients.</summary>
    public UInt128[] Keys { get; set; } = form.Keys;

    /// <summary>Earlier records that answer for the other mailboxes.</summary>
    public IReadOnlyList<Ulid> AnsweredBy { get; set; } = [];

    /// <summary>The indexes of <see cref="Mailboxes"/>, and what each calls the message.</summary>
    public (MailboxIndex Index, long Sequence)[] Targets { get; set; } = [];

    /// <summary>Where it is, from the beginning of its batch, and which record of it.</summary>
    public (int Offset, int Order) At { get; set; }

    /// <summary>What answers repeats of it.</summary>
    public RepeatRecord? Repeat { get; set; }

    /// <summary>The answer, once its batch is durable.</summary>
    public RecordReceipt? Receipt { get; set; }

    /// <inheritdoc/>
    public void Complete()
    {
        if (TrySetResult(Receipt!))
            form.Dispose();
    }

    /// <inheritdoc/>
    public void Fail(StoreUnavailableException exception)
    {
        if (TrySetException(exception))
            form.Dispose();
    }
}

/// <summary>What became of a change.</summary>
internal enum ChangeOutcome
{
    /// <summary>It is made.</summary>
    Made,

    /// <summary>Another one had made it.</summary>
    MadeBefore,

    /// <summary>What it was to change has moved since it was found: it is to be found again.</summary>
    Outdated,
}

/// <summary>A deletion, or the end of a mailbox or domain, on its way into the log.</summary>
/// <param name="domain">Whose it is; pinned.</param>
/// <param name="change">It.</param>
/// <param name="foundIn">The head under which the message that is deleted was found.</param>
internal sealed class PendingChange(DomainIndex domain, ChangeRecord change, StoredHead? foundIn)
    : TaskCompletionSource<ChangeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously), IPendingWrite
{
    public DomainIndex Domain => domain;

    /// <inheritdoc/>
    public DomainIndex? Pinned => domain;

    public ChangeRecord Change => change;

    public StoredHead? FoundIn => foundIn;

    /// <summary>What is to be told once its batch is durable.</summary>
    public ChangeOutcome Outcome { get; set; }

    /// <inheritdoc/>
    public int Size => 256;

    /// <summary>Which record of its batch it is.</summary>
    public int Order { get; set; }

    /// <inheritdoc/>
    public void Complete() => TrySetResult(Outcome);

    /// <inheritdoc/>
    public void Fail(StoreUnavailableException exception) => TrySetException(exception);
}

/// <summary>Something that the writer does between two batches, on its own thread.</summary>
/// <param name="work">It; what it returns is how the log went on.</param>
internal sealed class PendingWork(Func<ValueTask<AppendOutcome>> work)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IPendingWrite
{
    /// <summary>What is to be done.</summary>
    public Func<ValueTask<AppendOutcome>> Work => work;

    /// <inheritdoc/>
    public int Size => 0;

    /// <inheritdoc/>
    public DomainIndex? Pinned => null;

    /// <inheritdoc/>
    public void Complete() => TrySetResult();

    /// <inheritdoc/>
    public void Fail(StoreUnavailableException exception) => TrySetException(exception);
}
