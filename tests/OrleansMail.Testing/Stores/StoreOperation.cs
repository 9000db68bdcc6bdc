namespace OrleansMail.Testing.Stores;

/// <summary>What is asked of a store.</summary>
public enum StoreOperationKind
{
    /// <summary>A value, a range of an object or log, or a length.</summary>
    Read,

    /// <summary>The next page of a listing.</summary>
    List,

    /// <summary>A log that exists.</summary>
    Open,

    /// <summary>Whether there is room.</summary>
    Room,

    /// <summary>Octets of an object that is not committed yet: they are nowhere after a power cut.</summary>
    Stage,

    /// <summary>A value.</summary>
    Write,

    /// <summary>An object, from here on.</summary>
    Commit,

    /// <summary>A copy of an object.</summary>
    Copy,

    /// <summary>A value, object or log.</summary>
    Delete,

    /// <summary>A new log.</summary>
    Create,

    /// <summary>Octets at the end of a log.</summary>
    Append,

    /// <summary>The end of a log, for good.</summary>
    Seal,
}

/// <summary>One operation asked of a <see cref="FaultyObjectStore"/>.</summary>
/// <param name="Number">Its place among all of this store, from 1.</param>
/// <param name="Mutation">Its place among those that change what is stored, from 1; 0 when it changes nothing.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Path">Of what; of a listing, the prefix.</param>
public sealed record StoreOperation(int Number, int Mutation, StoreOperationKind Kind, string Path)
{
    /// <summary>Whether it changes what is stored.</summary>
    public bool IsMutation => Changes(Kind);

    internal static bool Changes(StoreOperationKind kind) => kind >= StoreOperationKind.Write;
}

/// <summary>What happens to one operation. A read can only be unavailable: what else is asked of it comes to that.</summary>
public enum StoreFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is not done, and the answer is that the store can't be reached.</summary>
    Unavailable,

    /// <summary>It is done, and the answer is that the store can't be reached.</summary>
    LostAnswer,

    /// <summary>As <see cref="Unavailable"/>, but the request is still on its way: <see cref="StoreScript.DeliverLateAsync"/> has it arrive.</summary>
    Late,

    /// <summary>There is no room, and nothing is done.</summary>
    Full,

    /// <summary>The medium fails (EIO): an append writes half and the log is poisoned, anything else is unavailable and not done.</summary>
    MediumFailed,

    /// <summary>The process ends before it is done.</summary>
    DiesBefore,

    /// <summary>The process ends when it is done, and is not told so.</summary>
    DiesAfter,

    /// <summary>The process ends and the first half of an append is there; of anything else, nothing.</summary>
    DiesWithFirstHalf,

    /// <summary>The process ends and the second half of an append is there, behind zeros; of anything else, nothing.</summary>
    DiesWithSecondHalf,

    /// <summary>The process ends and other octets are where an append was to be; of anything else, nothing.</summary>
    DiesWithGarbage,
}
