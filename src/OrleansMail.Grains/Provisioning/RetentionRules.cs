namespace OrleansMail.Grains.Provisioning;

/// <summary>How long messages may be told to be kept.</summary>
internal static class RetentionRules
{
    private const int MaxDays = 36500;

    /// <summary>What is wrong with a number of days; null when nothing is.</summary>
    public static FieldProblem? Check(int? days, string field) =>
        days is < 1 or > MaxDays ? new(field, $"From 1 to {MaxDays}, or null to set nothing.") : null;
}
