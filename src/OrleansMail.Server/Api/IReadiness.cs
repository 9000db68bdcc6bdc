namespace OrleansMail.Server.Api;

/// <summary>A part of the process that can say that it should get no new work. All that are registered are asked.</summary>
internal interface IReadiness
{
    /// <summary>Why the process is not ready, in a few words for an operator; null when it is. Never blocks.</summary>
    string? NotReadyBecause { get; }
}
