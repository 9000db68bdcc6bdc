using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>A difference that is meant, and why. A <c>*</c> stands for anything.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Command">The command it answers.</param>
/// <param name="Ours">What we do.</param>
/// <param name="Theirs">What the peer does.</param>
/// <param name="Why">Why we do so.</param>
/// <param name="Cases">The cases it is limited to, where the same replies have another reason elsewhere.</param>
/// <param name="GoesOn">Whether it leaves both servers in the same state, so that what follows is compared too.</param>
/// <param name="Sometimes">Whether it depends on the peer's timing, so that its absence is no error.</param>
internal sealed record DeliberateDifference(string Peer, string Command, string Ours, string Theirs, string Why, string Cases = "*", bool GoesOn = false, bool Sometimes = false)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The list beside this file.</summary>
    public static IReadOnlyList<DeliberateDifference> Load([CallerFilePath] string here = "") =>
        JsonSerializer.Deserialize<List<DeliberateDifference>>(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(here)!, "differences.json")), Json)!;

    /// <summary>Whether it tells of this difference.</summary>
    public bool Covers(Difference difference) =>
        Fits(Command, difference.Command) && Fits(Ours, difference.Ours) && Fits(Theirs, difference.Theirs) && Fits(Cases, difference.Case);

    private static bool Fits(string pattern, string text) =>
        Regex.IsMatch(text, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant);
}
