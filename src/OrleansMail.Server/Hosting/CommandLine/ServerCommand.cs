namespace OrleansMail.Server.Hosting.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Action">Start, or say something and end.</param>
/// <param name="Settings">Keys and values for the configuration.</param>
/// <param name="Error">What is wrong with it; null when nothing is.</param>
internal sealed record ServerCommand(ServerAction Action, IReadOnlyDictionary<string, string?> Settings, string? Error = null);

/// <summary>What to do.</summary>
internal enum ServerAction
{
    Run,
    ShowHelp,
    ShowVersion,
    Verify,
    Repair,
}
