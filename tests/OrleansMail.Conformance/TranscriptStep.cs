using System.Text.Json;

namespace OrleansMail.Conformance;

/// <summary>A piece of what a step sends: octets, then a pause.</summary>
/// <param name="Octets">Sent in one write; may be empty.</param>
/// <param name="Pause">Waited afterwards.</param>
public readonly record struct TranscriptPiece(byte[] Octets, TimeSpan Pause);

/// <summary>One step of a case; its parts are carried out in the order of the members.</summary>
public sealed class TranscriptStep
{
    /// <summary>Play only if the last reply code is one of these; empty: always.</summary>
    public IReadOnlyList<string> When { get; init; } = [];

    /// <summary>Play only if it is not one of these.</summary>
    public IReadOnlyList<string> Unless { get; init; } = [];

    /// <summary>What is sent.</summary>
    public IReadOnlyList<TranscriptPiece> Send { get; init; } = [];

    /// <summary>Do the client side of the TLS handshake.</summary>
    public bool StartTls { get; init; }

    /// <summary>Shut down the sending side.</summary>
    public bool HalfClose { get; init; }

    /// <summary>Close from this side: fin or rst.</summary>
    public string? Disconnect { get; init; }

    /// <summary>Allowed codes of each reply, in order.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Expect { get; init; } = [];

    /// <summary>Closing instead of a reply is allowed.</summary>
    public bool OrClose { get; init; }

    /// <summary>The server must close after the replies.</summary>
    public bool Closes { get; init; }

    /// <summary>Nothing may arrive for so long; null: not looked at.</summary>
    public TimeSpan? Quiet { get; init; }

    /// <summary>Regular expression that the last reply's text must match.</summary>
    public string? Text { get; init; }

    /// <summary>Regular expression that it must not match.</summary>
    public string? NotText { get; init; }

    /// <summary>Each line of the replies has a fitting enhanced code.</summary>
    public bool Enhanced { get; init; }

    internal static TranscriptStep Read(JsonElement json) => new()
    {
        When = List(json, "when"),
        Unless = List(json, "unless"),
        Send = json.TryGetProperty("send", out var send) ? Pieces(send) : [],
        StartTls = Flag(json, "starttls"),
        HalfClose = Flag(json, "half_close"),
        Disconnect = json.TryGetProperty("disconnect", out var how) ? how.GetString() : null,
        Expect = json.TryGetProperty("expect_each", out var each) ? [.. each.EnumerateArray().Select(TranscriptCase.Words)]
            : json.TryGetProperty("expect", out var expect) ? [TranscriptCase.Words(expect)] : [],
        OrClose = Flag(json, "or_close"),
        Closes = Flag(json, "closes"),
        Quiet = json.TryGetProperty("quiet", out var quiet) ? TimeSpan.FromMilliseconds(quiet.GetDouble()) : null,
        Text = json.TryGetProperty("text", out var text) ? text.GetString() : null,
        NotText = json.TryGetProperty("not_text", out var notText) ? notText.GetString() : null,
        Enhanced = Flag(json, "enhanced"),
    };

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var flag) && flag.GetBoolean();

    private static IReadOnlyList<string> List(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? TranscriptCase.Words(list) : [];

    private static List<TranscriptPiece> Pieces(JsonElement send)
    {
        var pieces = new List<TranscriptPiece>();
        var octets = new MemoryStream();
        foreach (var item in send.ValueKind == JsonValueKind.Array ? [.. send.EnumerateArray()] : new[] { send })
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("pause", out var pause))
            {
                pieces.Add(new(octets.ToArray(), TimeSpan.FromMilliseconds(pause.GetDouble())));
                octets.SetLength(0);
                continue;
            }

            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("each", out var each))
            {
                var after = TimeSpan.FromMilliseconds(item.GetProperty("after").GetDouble());
                pieces.AddRange(TranscriptCase.Bytes(each).Select(octet => new TranscriptPiece([octet], after)));
                continue;
            }

            octets.Write(Octets(item));
        }

        pieces.Add(new(octets.ToArray(), TimeSpan.Zero));
        return pieces;
    }

    private static byte[] Octets(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.String)
            return TranscriptCase.Bytes(item);
        if (item.TryGetProperty("b64", out var encoded))
            return encoded.GetBytesFromBase64();
        var unit = TranscriptCase.Bytes(item.GetProperty("repeat"));
        return [.. Enumerable.Repeat(unit, item.GetProperty("times").GetInt32()).SelectMany(static one => one)];
    }
}
