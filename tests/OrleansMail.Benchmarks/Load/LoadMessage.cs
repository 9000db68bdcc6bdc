namespace OrleansMail.Benchmarks.Load;

/// <summary>The octets of one connection's present transaction, rewritten in place for each message.</summary>
internal sealed class LoadMessage
{
    // Up to here header, body and final dot go out in one send; above it copying the body for each connection would cost too much memory.
    private const int OneSend = 128 * 1024;
    private static readonly byte[] FinalDot = ".\r\n"u8.ToArray();

    private readonly LoadPayload _payload;
    private readonly int _recipients;
    private readonly byte[] _envelope;
    private readonly byte[] _head;
    private readonly int[] _lineEnds;

    public LoadMessage(LoadPayload payload, int recipients)
    {
        _payload = payload;
        _recipients = recipients;
        _envelope = new byte[payload.Mail.Length + (recipients * payload.LongestRecipient) + "DATA\r\n"u8.Length];
        _lineEnds = new int[recipients + 2];
        var small = payload.Head.Length + payload.Body.Length <= OneSend;
        _head = small ? [.. payload.Head, .. payload.Body, .. FinalDot] : [.. payload.Head];
        BeforeDot = small ? [] : [_head, payload.Body];
        WithDot = small ? _head : FinalDot;
    }

    /// <summary>What is sent of the content ahead of <see cref="WithDot"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> BeforeDot { get; }

    /// <summary>What ends with the final dot.</summary>
    public ReadOnlyMemory<byte> WithDot { get; }

    /// <summary>MAIL, RCPT and DATA as one pipelined group.</summary>
    public ReadOnlyMemory<byte> Envelope => _envelope.AsMemory(0, _lineEnds[^1]);

    /// <summary>Lines of the envelope; the last is DATA.</summary>
    public int Lines => _lineEnds.Length;

    /// <summary>One line of the envelope.</summary>
    public ReadOnlyMemory<byte> Line(int index) => Envelope[(index == 0 ? 0 : _lineEnds[index - 1]).._lineEnds[index]];

    /// <summary>Makes it the load's message of this number.</summary>
    public void Prepare(long number)
    {
        LoadPayload.WriteNumber(_head.AsSpan(_payload.NumberOffset), number);
        var end = Put(_payload.Mail, 0, 0);
        for (var i = 0; i < _recipients; i++)
            end = Put(_payload.RecipientLine((number * _recipients) + i), end, i + 1);
        Put("DATA\r\n"u8, end, _recipients + 1);
    }

    private int Put(ReadOnlySpan<byte> line, int at, int index)
    {
        line.CopyTo(_envelope.AsSpan(at));
        return _lineEnds[index] = at + line.Length;
    }
}
