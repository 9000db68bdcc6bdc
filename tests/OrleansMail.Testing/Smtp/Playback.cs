using System.IO.Pipelines;
using System.Text;
using OrleansMail.Smtp;

namespace OrleansMail.Testing.Smtp;

/// <summary>Plays a fixed input to a session in given chunks, each a read of its own, and gathers what it answers.</summary>
public static class Playback
{
    /// <summary>Runs a session to the end of the input.</summary>
    public static async Task<string> RunAsync(SmtpServer server, IEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        var output = new MemoryStream();
        var reader = PipeReader.Create(new ChunkStream(chunks), new StreamPipeReaderOptions(bufferSize: 256, minimumReadSize: 64));
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await server.RunAsync(new DuplexPipe(reader, writer));
        return Encoding.ASCII.GetString(output.ToArray());
    }

    private sealed class ChunkStream(IEnumerable<ReadOnlyMemory<byte>> chunks) : Stream
    {
        private readonly Queue<ReadOnlyMemory<byte>> _chunks = new(chunks);
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            while (_rest.IsEmpty && _chunks.TryDequeue(out var next))
                _rest = next;
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
