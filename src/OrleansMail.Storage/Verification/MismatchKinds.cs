namespace OrleansMail.Storage.Verification;

/// <summary>The kinds of mismatches: a closed list, explained in docs/operations/verify.md.</summary>
internal static class MismatchKinds
{
    public const string Manifest = "manifest";
    public const string Checkpoint = "checkpoint";
    public const string Log = "log";
    public const string LogMissing = "log-missing";
    public const string Record = "record";
    public const string Repeats = "repeats";
    public const string Sequence = "sequence";
    public const string Head = "head";
    public const string HeadMissing = "head-missing";
    public const string Page = "page";
    public const string Row = "row";
    public const string Total = "total";
    public const string PackMissing = "pack-missing";
    public const string Pack = "pack";
    public const string Entry = "entry";
    public const string Metadata = "metadata";
    public const string Payload = "payload";
    public const string Object = "object";
    public const string ObjectMissing = "object-missing";
    public const string Ledger = "ledger";
    public const string State = "state";
}
