namespace OrleansMail.Server.Api;

/// <summary>Whether something receives mail.</summary>
internal enum ActivityStatus
{
    /// <summary>It does.</summary>
    Active = 0,

    /// <summary>Mail is deferred.</summary>
    Suspended = 1,
}
