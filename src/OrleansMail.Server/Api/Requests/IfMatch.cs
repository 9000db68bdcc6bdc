using Microsoft.Net.Http.Headers;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Requests;

/// <summary>The <c>If-Match</c> header of a change (RFC 9110 §13.1.1).</summary>
/// <param name="Problem">What is wrong with the header; null when it is sound or absent.</param>
/// <param name="Any">Whether it is <c>*</c>: any version, but there must be one.</param>
/// <param name="Versions">The versions named; null when the header is absent.</param>
internal sealed record IfMatch(ProblemResult? Problem, bool Any, IReadOnlyList<string>? Versions)
{
    private const int MaxVersions = 16;

    /// <summary>Reads the header.</summary>
    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
            return new(new IfMatch(null, false, null));
        if (!EntityTagHeaderValue.TryParseList(header, out var tags) || tags.Count > MaxVersions)
            return new(new IfMatch(new ProblemResult(ProblemCodes.IfMatchInvalid, HeaderNames.IfMatch), false, []));
        var any = tags.Any(t => t.Equals(EntityTagHeaderValue.Any));
        // Weak tags never match here: the comparison is strong.
        return new(new IfMatch(null, any, [.. tags.Where(t => !t.IsWeak).Select(t => t.Tag.ToString().Trim('"'))]));
    }

    /// <summary>The one version that a change may replace: what a grain is asked to compare with.</summary>
    /// <param name="current">Reads the version there is; null when the thing does not exist.</param>
    /// <returns>False when the condition fails already; the version is null when there is no condition.</returns>
    public async ValueTask<(bool Holds, string? Version)> AgainstAsync(Func<ValueTask<string?>> current)
    {
        if (Versions is null)
            return (true, null);
        if (!Any && Versions.Count == 1)
            return (true, Versions[0]);
        var version = await current();
        return (version is not null && (Any || Versions.Contains(version)), version);
    }
}
