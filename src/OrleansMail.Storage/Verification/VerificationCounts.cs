namespace OrleansMail.Storage.Verification;

/// <summary>How much a verification looked at.</summary>
public sealed class VerificationCounts
{
    /// <summary>Partitions that have a checkpoint.</summary>
    public long Partitions { get; set; }

    /// <summary>Logs that count, and files of records carried over from logs.</summary>
    public long Logs { get; set; }

    /// <summary>Records: of logs, and of packs each record once.</summary>
    public long Records { get; set; }

    /// <summary>Domains that have mail in packs.</summary>
    public long Domains { get; set; }

    /// <summary>Rows of mailboxes.</summary>
    public long Mailboxes { get; set; }

    /// <summary>Packs that heads name.</summary>
    public long Packs { get; set; }

    /// <summary>Entries of these: a message once for each mailbox that has it.</summary>
    public long Entries { get; set; }

    /// <summary>Payloads whose octets were read and compared with their SHA-256.</summary>
    public long Payloads { get; set; }

    /// <summary>Large payloads among them, which are objects.</summary>
    public long Objects { get; set; }

    /// <summary>Records that only their tenant's key opens: their checksums were compared, their content was not.</summary>
    public long Sealed { get; set; }

    /// <summary>Large payloads that only their tenant's key opens: they are there and of the right length, their content was not checked.</summary>
    public long NotChecked { get; set; }

    /// <summary>Logs that end with an append that did not finish: none of it was acknowledged, the next owner cuts it.</summary>
    public long TornTails { get; set; }

    /// <summary>Octets that were read.</summary>
    public long Octets { get; set; }

    internal void Add(VerificationCounts other)
    {
        Partitions += other.Partitions;
        Logs += other.Logs;
        Records += other.Records;
        Domains += other.Domains;
        Mailboxes += other.Mailboxes;
        Packs += other.Packs;
        Entries += other.Entries;
        Payloads += other.Payloads;
        Objects += other.Objects;
        Sealed += other.Sealed;
        NotChecked += other.NotChecked;
        TornTails += other.TornTails;
        Octets += other.Octets;
    }
}
