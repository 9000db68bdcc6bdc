using System.Buffers;

namespace OrleansMail.Smtp.Tests;

/// <summary>Sequences of several segments, as a pipe gives them.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, Segments? before)
    {
        Memory = memory;
        if (before is null)
            return;
        RunningIndex = before.RunningIndex + before.Memory.Length;
        before.Next = this;
    }

    public static ReadOnlySequence<byte> Join(ReadOnlySequence<byte> front, ReadOnlyMemory<byte> back)
    {
        Segments? first = null;
        Segments? last = null;
        foreach (var memory in front)
        {
            last = new Segments(memory, last);
            first ??= last;
        }

        last = new Segments(back, last);
        first ??= last;
        return new ReadOnlySequence<byte>(first, 0, last, back.Length);
    }
}
