using System.Text;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Lists;

/// <summary>The <c>limit</c> and <c>cursor</c> of a list that is ordered by names.</summary>
/// <param name="purpose">The list, as cursors name it.</param>
/// <param name="cursors">Reads and writes cursors.</param>
internal sealed class PageRequest(string purpose, CursorCodec cursors)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>The name behind which to begin; null for the first page.</summary>
    public string? After { get; private init; }

    /// <summary>Items at most.</summary>
    public int Limit { get; private init; }

    /// <summary>Reads the parameters.</summary>
    /// <returns>What is wrong with them; null when nothing is.</returns>
    public static ProblemResult? TryRead(string purpose, CursorCodec cursors, string? cursor, string? limit, out PageRequest request)
    {
        request = null!;
        if (ReadLimit(limit, out var count) is { } problem)
            return problem;
        string? after = null;
        if (cursor is not null)
        {
            if (!cursors.TryDecode(purpose, cursor, out var position))
                return new ProblemResult(ProblemCodes.CursorInvalid, "cursor");
            after = Encoding.UTF8.GetString(position);
        }

        request = new PageRequest(purpose, cursors) { After = after, Limit = count };
        return null;
    }

    /// <summary>Reads <c>limit</c>: larger than permitted is clamped, malformed is refused.</summary>
    public static ProblemResult? ReadLimit(string? text, out int limit)
    {
        limit = DefaultLimit;
        if (text is null)
            return null;
        if (!QueryNumber.TryRead(text, MaxLimit, out limit) || limit == 0)
            return new ProblemResult(ProblemCodes.ParameterInvalid, "limit", "A number from 1 to 1000.");
        return null;
    }

    /// <summary>Makes the answer.</summary>
    /// <param name="page">What was found.</param>
    /// <param name="show">How an item is shown.</param>
    /// <param name="last">The name of the last item.</param>
    public ListResource<TResource> Answer<T, TResource>(Page<T> page, Func<T, TResource> show, Func<T, string> last)
    {
        var next = page.Next is { } name ? Encode(name) : null;
        var position = page.Items.Count > 0 ? last(page.Items[^1]) : After;
        return new([.. page.Items.Select(show)], next, next ?? (position is null ? null : Encode(position)));
    }

    private string Encode(string name) => cursors.Encode(purpose, Encoding.UTF8.GetBytes(name));
}
