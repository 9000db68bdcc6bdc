using System.IO.Pipelines;
using System.Net.Security;

namespace OrleansMail.Smtp.Tls;

/// <summary>A connection after its handshake: the same two pipes, decrypted and encrypted.</summary>
internal sealed class TlsTransport(SslStream ssl, TlsRecordStream records, IDuplexPipe raw, SmtpTlsInfo info) : IDisposable
{
    /// <summary>What was agreed on.</summary>
    public SmtpTlsInfo Info { get; } = info;

    /// <summary>What the peer sends.</summary>
    public TlsReader Input { get; } = new(ssl, records, raw.Input);

    /// <summary>What the peer is sent.</summary>
    public TlsWriter Output { get; } = new(ssl, raw.Output);

    /// <summary>Frees the keys; the pipes are completed by whoever has them.</summary>
    public void Dispose() => ssl.Dispose();
}
