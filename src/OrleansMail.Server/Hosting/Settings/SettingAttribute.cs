namespace OrleansMail.Server.Hosting.Settings;

/// <summary>What is known of a setting beside its type, default and doc comment.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute : Attribute
{
    /// <summary>The short switch that sets it, with its dashes; null when it has none.</summary>
    public string? Switch { get; init; }

    /// <summary>What stands for the switch's value in the help.</summary>
    public string Placeholder { get; init; } = "VALUE";

    /// <summary>The heading of the switch in the help.</summary>
    public string Group { get; init; } = "Other";

    /// <summary>What the switch does, in a few words, for the help.</summary>
    public string Help { get; init; } = "";

    /// <summary>The value in Development when nothing else is set; null for the same default everywhere.</summary>
    public string? DevelopmentDefault { get; init; }

    /// <summary>How the default is written where it is not a fixed value; null to write the value.</summary>
    public string? DefaultText { get; init; }

    /// <summary>Whether an element of a list is none without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether the value is a secret: errors do not show it.</summary>
    public bool IsSecret { get; init; }
}
