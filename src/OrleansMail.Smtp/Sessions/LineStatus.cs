namespace OrleansMail.Smtp.Sessions;

/// <summary>What the front of the input is.</summary>
internal enum LineStatus
{
    /// <summary>No whole line is there yet.</summary>
    Incomplete,

    /// <summary>A line was taken.</summary>
    Complete,

    /// <summary>A line over the limit begins here; reported once, the rest of it is discarded.</summary>
    TooLong,
}
