using System.IO.Pipelines;

namespace OrleansMail.Testing.Smtp;

/// <summary>The server's side of two pipes.</summary>
/// <param name="Input">What the client sends.</param>
/// <param name="Output">What the client is sent.</param>
public sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
