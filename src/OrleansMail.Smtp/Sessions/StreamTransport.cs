using System.IO.Pipelines;

namespace OrleansMail.Smtp.Sessions;

/// <summary>A stream as a pair of pipes. Receive buffers are taken only while there is data.</summary>
internal sealed class StreamTransport(Stream stream) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));

    /// <inheritdoc/>
    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
}
