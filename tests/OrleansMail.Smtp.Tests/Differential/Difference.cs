namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>A thing in a case that two servers do differently.</summary>
/// <param name="Case">The case's id.</param>
/// <param name="Command">The command it answers, or what else is compared.</param>
/// <param name="Ours">What we do.</param>
/// <param name="Theirs">What the peer does.</param>
internal sealed record Difference(string Case, string Command, string Ours, string Theirs)
{
    /// <summary>All of them in order; those behind the first may be its consequences.</summary>
    public static IEnumerable<Difference> FindAll(string id, Played ours, Played theirs)
    {
        var (mine, other) = (ours.Recording.Events, theirs.Recording.Events);
        for (var i = 0; i < Math.Max(mine.Count, other.Count); i++)
        {
            var command = (i < mine.Count ? mine[i] : other[i]).Command;
            var (my, their) = (ValueAt(mine, i), ValueAt(other, i));
            if (my != their)
                yield return new(id, command, my, their);
        }

        if (ours.Copies.Count != theirs.Copies.Count)
            yield return new(id, "copies", $"{ours.Copies.Count}", $"{theirs.Copies.Count}");
        else if (!ours.Copies.SequenceEqual(theirs.Copies))
            yield return new(id, "stored", "as sent", "changed");
    }

    private static string ValueAt(IReadOnlyList<Conformance.TranscriptEvent> events, int index) => index < events.Count ? events[index].Value : "nothing";
}
