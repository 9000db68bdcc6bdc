using System.Globalization;

namespace OrleansMail.Benchmarks.Reports;

/// <summary>What a figure is wanted to be, and what it came to.</summary>
/// <param name="What">The figure, as a reader names it.</param>
/// <param name="Bound">Whether the limit is a floor or a ceiling.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Measured">Null when something it needs was left out.</param>
internal sealed record Goal(string What, GoalBound Bound, double Limit, double? Measured)
{
    /// <summary>Null when it was not measured.</summary>
    public bool? Reached => Measured is not { } measured ? null : Bound == GoalBound.AtLeast ? measured >= Limit : measured <= Limit;

    private string Verdict => Reached switch { true => "yes", false => "**no**", null => "not measured" };

    /// <summary>Writes the table of goals.</summary>
    public static void Write(Markdown text, IReadOnlyList<Goal> goals)
    {
        text.Line($"| goal | wanted | measured | reached |");
        text.Line($"| --- | ---: | ---: | --- |");
        foreach (var goal in goals)
            text.Line($"| {goal.What} | {(goal.Bound == GoalBound.AtLeast ? "≥" : "≤")} {goal.Limit:0.###} | {goal.Measured?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–"} | {goal.Verdict} |");
    }
}

/// <summary>How a goal's limit is meant.</summary>
internal enum GoalBound
{
    /// <summary>A floor.</summary>
    AtLeast,

    /// <summary>A ceiling.</summary>
    AtMost,
}
