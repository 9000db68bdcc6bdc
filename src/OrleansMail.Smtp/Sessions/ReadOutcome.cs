namespace OrleansMail.Smtp.Sessions;

/// <summary>How a wait for the peer ended.</summary>
internal enum ReadOutcome
{
    /// <summary>There is more than before.</summary>
    Data,

    /// <summary>The peer sends nothing more, or the connection is lost.</summary>
    Ended,

    /// <summary>The session was asked to look at the server's state.</summary>
    LookUp,

    /// <summary>Its time is over.</summary>
    Expired,
}
