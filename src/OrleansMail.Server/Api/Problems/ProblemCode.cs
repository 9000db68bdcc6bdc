namespace OrleansMail.Server.Api.Problems;

/// <summary>A kind of error as clients know it.</summary>
/// <param name="Code">Stable: programs compare it.</param>
/// <param name="Status">The HTTP status it comes with.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Detail">What to do about it, unless the occasion knows better. Never names what was asked for: see RFC 9457 §5.</param>
/// <param name="RetryAfter">Seconds after which a retry makes sense; null when it does not.</param>
internal sealed record ProblemCode(string Code, int Status, string Title, string Detail, int? RetryAfter = null)
{
    /// <summary>The problem type (RFC 9457 §3.1.1).</summary>
    public string Type => $"urn:orleansmail:problem:{Code}";
}
