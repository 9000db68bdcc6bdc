using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrleansMail.Conformance;

/// <summary>One case of a transcript file: what a client sends and which answers are allowed.</summary>
public sealed class TranscriptCase
{
    /// <summary>Unique name.</summary>
    public required string Id { get; init; }

    /// <summary>Where the rule comes from.</summary>
    public required string Source { get; init; }

    /// <summary>EHLO keywords the case needs; <c>!</c> in front: must not be offered.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>The kind of listener that the case is for, by a name that whoever plays it knows; smtp for the ordinary one.</summary>
    public string Listener { get; init; } = "smtp";

    /// <summary>How the conversation is opened: ehlo, helo, lhlo, banner or none.</summary>
    public string Hello { get; init; } = "ehlo";

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<TranscriptStep> Steps { get; init; }

    /// <summary>Allowed numbers of delivered copies; none given means not looked at.</summary>
    public IReadOnlyList<int> Delivered { get; init; } = [];

    /// <summary>What every copy must end with.</summary>
    public byte[]? BodyEnds { get; init; }

    /// <summary>What every copy must contain.</summary>
    public IReadOnlyList<byte[]> BodyHas { get; init; } = [];

    /// <summary>What no copy may contain.</summary>
    public IReadOnlyList<byte[]> BodyLacks { get; init; } = [];

    /// <summary>The user whom the cases of AUTH name.</summary>
    public const string User = "carol";

    /// <summary>Her password.</summary>
    public const string Password = "secret";

    /// <summary>The folder of the case files beside this assembly.</summary>
    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "cases");

    /// <summary>Reads the case files of a folder, in the order of their names.</summary>
    /// <param name="folder">The folder; null for <see cref="DefaultFolder"/>.</param>
    /// <param name="password">What the server knows the user by, in place of <see cref="Password"/>, in the responses of PLAIN and LOGIN.</param>
    /// <exception cref="InvalidDataException">Two cases have one id.</exception>
    public static IReadOnlyList<TranscriptCase> LoadFolder(string? folder = null, string password = Password)
    {
        var cases = new List<TranscriptCase>();
        foreach (var file in Directory.GetFiles(folder ?? DefaultFolder, "*.json").Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllText(file).Replace(PlainResponse(Password), PlainResponse(password), StringComparison.Ordinal)
                .Replace(Base64(Password), Base64(password), StringComparison.Ordinal);
            using var document = JsonDocument.Parse(text);
            cases.AddRange(document.RootElement.EnumerateArray().Select(Read));
        }

        var twice = cases.GroupBy(one => one.Id).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? cases : throw new InvalidDataException($"Two cases are called {twice.Key}.");
    }

    /// <inheritdoc/>
    public override string ToString() => Id;

    internal static byte[] Bytes(JsonElement text) => Encoding.Latin1.GetBytes(text.GetString()!);

    internal static IReadOnlyList<string> Words(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(Word)]
            : [Word(list)];

    private static string PlainResponse(string password) => Base64($"\0{User}\0{password}");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Word(JsonElement word) =>
        word.ValueKind == JsonValueKind.Number ? word.GetInt32().ToString(CultureInfo.InvariantCulture) : word.GetString()!;

    private static TranscriptCase Read(JsonElement json) => new()
    {
        Id = json.GetProperty("id").GetString()!,
        Source = json.GetProperty("source").GetString()!,
        Requires = json.TryGetProperty("requires", out var requires) ? Words(requires) : [],
        Listener = json.TryGetProperty("listener", out var listener) ? listener.GetString()! : "smtp",
        Hello = json.TryGetProperty("hello", out var hello) ? hello.GetString()! : "ehlo",
        Steps = [.. json.GetProperty("steps").EnumerateArray().Select(TranscriptStep.Read)],
        Delivered = json.TryGetProperty("delivered", out var delivered)
            ? [.. Words(delivered).Select(number => int.Parse(number, CultureInfo.InvariantCulture))]
            : [],
        BodyEnds = json.TryGetProperty("body_ends", out var ends) ? Bytes(ends) : null,
        BodyHas = json.TryGetProperty("body_has", out var has) ? [.. has.EnumerateArray().Select(Bytes)] : [],
        BodyLacks = json.TryGetProperty("body_lacks", out var lacks) ? [.. lacks.EnumerateArray().Select(Bytes)] : [],
    };
}
