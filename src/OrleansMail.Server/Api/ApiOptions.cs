namespace OrleansMail.Server.Api;

/// <summary>What the API is told by configuration, section <c>OrleansMail</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "OrleansMail";

    /// <summary>Shortest operator key that is accepted, in characters.</summary>
    public const int MinOperatorKey = 16;

    /// <summary>The operator's key. Absent or shorter than <see cref="MinOperatorKey"/>: nobody is let in.</summary>
    public string? OperatorKey { get; set; }
}
