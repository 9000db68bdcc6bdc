using System.Net;
using OrleansMail.Conformance;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>A server that the cases are played to.</summary>
internal abstract class Contestant : IAsyncDisposable
{
    // Connections that the client drops are noticed a moment later.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(40);

    private IReadOnlyDictionary<string, IReadOnlyList<string>>? _offered;

    protected abstract IPEndPoint EndPoint { get; }

    /// <summary>Plays a case and takes what was delivered.</summary>
    public async Task<Played> PlayAsync(TranscriptCase one)
    {
        _offered ??= await TranscriptPlayer.CapabilitiesAsync(EndPoint);
        var recording = await TranscriptRecorder.RecordAsync(one, EndPoint, _offered);
        if (one.Steps.Any(step => step.Disconnect is not null))
            await Task.Delay(Settle);
        return new Played(recording, [.. TakeCopies().Select(Convert.ToHexString).Order(StringComparer.Ordinal)]);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>The copies delivered since it was last asked, without trace lines: one per recipient.</summary>
    protected abstract IReadOnlyList<byte[]> TakeCopies();
}

/// <summary>How a case went with a server.</summary>
/// <param name="Recording">What it answered.</param>
/// <param name="Copies">What it stored.</param>
internal sealed record Played(TranscriptRecording Recording, IReadOnlyList<string> Copies);
