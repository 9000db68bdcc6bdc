using OrleansMail.Conformance;

namespace OrleansMail.Smtp.Tests;

public sealed class TranscriptTests
{
    private static readonly Dictionary<string, TranscriptCase> All = TranscriptCase.LoadFolder().ToDictionary(static one => one.Id);

    public static TheoryData<string> Cases => [.. All.Keys];

    [Theory, MemberData(nameof(Cases))]
    public async Task The_engine_answers_as_the_transcript_allows(string id)
    {
        var one = All[id];
        await using var listener = await TranscriptListener.StartAsync(one);
        var outcome = await TranscriptPlayer.PlayAsync(one, listener.EndPoint, async atLeast =>
        {
            // Copies are stored before the reply that the player has read, or never; only a lost connection is still being noticed.
            while (listener.Server.Sessions > 0 && listener.Delivery.OpenSinks > 0)
                await Task.Yield();
            return listener.Delivery.Copies;
        });
        Assert.SkipWhen(outcome.Skipped is not null, $"needs {outcome.Skipped}, which is not offered");
        Assert.Empty(outcome.Problems);
    }
}
