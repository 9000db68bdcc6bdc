using System.Buffers;
using System.IO.Pipelines;

namespace OrleansMail.Fuzz.Inputs;

/// <summary>
/// The reading end of a pipe that gives each piece in a segment and a read of its own, and watches its reader: what is left unread
/// while more is asked for never passes a bound.
/// </summary>
/// <param name="pieces">What arrives.</param>
/// <param name="bound">The most that may be left unread when the reader waits for more, in octets.</param>
/// <param name="endsApart">Whether the end of the input is noticed only after the last piece.</param>
internal sealed class SplitReader(IEnumerable<ReadOnlyMemory<byte>> pieces, int bound, bool endsApart) : PipeReader
{
    // Copies: the engine clears secrets where they lie.
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new(pieces.Select(static piece => new ReadOnlyMemory<byte>(piece.ToArray())));
    private Segment? _first;
    private Segment? _last;
    private int _start;
    private bool _examined = true;
    private bool _ended;

    /// <summary>One piece for all.</summary>
    public static SplitReader Whole(byte[] input, int bound) => new([input], bound, endsApart: false);

    /// <summary>Pieces of chosen lengths.</summary>
    public static SplitReader Cut(byte[] input, int bound, int longest)
    {
        var cuts = new Cuts(input, longest);
        var endsApart = cuts.Next(0, 1) == 0;
        return new SplitReader(Pieces(input, longest), bound, endsApart);
    }

    /// <summary>A piece for each line, as from a client that waits for its replies.</summary>
    public static SplitReader Lines(byte[] input, int bound) => new(Lines(input), bound, endsApart: true);

    /// <summary>The input in pieces of up to <paramref name="longest"/> octets.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] input, int longest)
    {
        var cuts = new Cuts(input, longest);
        for (int at = 0, length; at < input.Length; at += length)
        {
            length = Math.Min(cuts.NextLength(), input.Length - at);
            yield return input.AsMemory(at, length);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] input)
    {
        for (int at = 0, length; at < input.Length; at += length)
        {
            var end = input.AsSpan(at).IndexOf((byte)'\n');
            length = end < 0 ? input.Length - at : end + 1;
            yield return input.AsMemory(at, length);
        }
    }

    /// <summary>Gives what is not examined, or the next piece; never waits.</summary>
    public ReadResult Read()
    {
        if (_examined)
            Receive();
        return new ReadResult(Buffer(), isCanceled: false, _ended);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(Read());

    public override bool TryRead(out ReadResult result)
    {
        result = new ReadResult(Buffer(), isCanceled: false, _ended);
        return !_examined || _ended;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var buffer = Buffer();
        _examined = buffer.Slice(examined).IsEmpty;
        var rest = buffer.Slice(consumed);
        PropertyException.Unless(!_examined || rest.Length <= bound, $"No more than {bound} octets are left unread: {rest.Length}");
        (_first, _start) = rest.IsEmpty ? (null, 0) : ((Segment)rest.Start.GetObject()!, rest.Start.GetInteger());
        if (_first is null)
            _last = null;
    }

    public override void CancelPendingRead()
    {
        // Nobody looks up: the clock stands still.
    }

    public override void Complete(Exception? exception = null) => _ended = true;

    /// <summary>Everything that was not taken, arrived or not.</summary>
    public byte[] Remaining() => [.. Buffer().ToArray(), .. _pieces.SelectMany(static piece => piece.ToArray())];

    private void Receive()
    {
        if (_pieces.TryDequeue(out var piece) && !piece.IsEmpty)
        {
            _last = new Segment(piece, _last);
            _first ??= _last;
            _examined = false;
            _ended |= !endsApart && _pieces.Count == 0;
            return;
        }

        _ended = true;
    }

    private ReadOnlySequence<byte> Buffer() =>
        _first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_first, _start, _last!, _last!.Memory.Length);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
