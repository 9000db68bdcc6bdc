using System.Buffers;
using System.IO.Pipelines;

namespace OrleansMail.Benchmarks.Micro;

/// <summary>
/// Plays the same octets to a session a number of times, each time one read, and drops what it answers. Nothing waits, so a session runs to its
/// end on the caller's thread and what is measured is the session's alone.
/// </summary>
internal sealed class ScriptedTransport : IDuplexPipe
{
    private readonly Script _script = new();
    private readonly Drain _drain = new();

    public PipeReader Input => _script;

    public PipeWriter Output => _drain;

    /// <summary>Octets answered in the last session.</summary>
    public long Answered => _drain.Written;

    /// <summary>Sets what the next session reads.</summary>
    public void Play(ReadOnlyMemory<byte> opening, ReadOnlyMemory<byte> block, int times)
    {
        _script.Set(opening, block, times);
        _drain.Written = 0;
    }

    private sealed class Script : PipeReader
    {
        private ReadOnlySequence<byte> _next;
        private ReadOnlySequence<byte> _block;
        private int _left;

        public void Set(ReadOnlyMemory<byte> opening, ReadOnlyMemory<byte> block, int times) =>
            (_next, _block, _left) = (new(opening), new(block), times);

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _next = _next.Slice(consumed);
            if (!_next.IsEmpty || _left == 0)
                return;
            _left--;
            _next = _block;
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(Result());

        public override bool TryRead(out ReadResult result)
        {
            result = Result();
            return true;
        }

        private ReadResult Result() => new(_next, isCanceled: false, isCompleted: _left == 0);
    }

    private sealed class Drain : PipeWriter
    {
        private readonly byte[] _memory = new byte[32 * 1024];

        public long Written { get; set; }

        public override void Advance(int bytes) => Written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

        public override Span<byte> GetSpan(int sizeHint = 0) => _memory;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;
    }
}
