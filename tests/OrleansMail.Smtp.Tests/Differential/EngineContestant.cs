using System.Net;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>Ours.</summary>
internal sealed class EngineContestant(SmtpListener listener) : Contestant
{
    private int _taken;

    protected override IPEndPoint EndPoint => listener.EndPoint;

    public override ValueTask DisposeAsync() => listener.DisposeAsync();

    protected override IReadOnlyList<byte[]> TakeCopies()
    {
        var messages = listener.Delivery.Messages.Skip(_taken).ToList();
        _taken += messages.Count;
        return [.. messages.SelectMany(message => Enumerable.Repeat(message.Content, message.Recipients.Count))];
    }
}
