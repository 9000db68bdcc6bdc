using System.Threading.RateLimiting;

namespace OrleansMail.Smtp.Limits;

/// <summary>
/// What each client may hold and open. Memory is bounded by what strangers do now, not by who has ever come: a client is forgotten within a
/// tenth of a second after its last connection ended and its bucket filled again, which takes a minute at the very most.
/// </summary>
internal sealed class ConnectionLimits : IDisposable
{
    // A /48 is one holder's in the worst case and a great sender's in the best: it counts as ten clients.
    private const int ClientsInSite = 10;

    private readonly TimeProvider _time;
    private readonly int _maxOpen;
    private readonly int _perMinute;
    private readonly Lazy<PartitionedRateLimiter<ClientKey>> _clients;

    public ConnectionLimits(SmtpServerOptions options, TimeProvider time)
    {
        _time = time;
        _maxOpen = Math.Max(0, options.MaxConnectionsPerAddress);
        _perMinute = Math.Max(0, options.ConnectionsPerMinutePerAddress);
        _clients = new(() => PartitionedRateLimiter.Create<ClientKey, ClientKey>(client => RateLimitPartition.Get(client, CreateLimiter)));
    }

    /// <summary>Whether there is anything to be held against a client.</summary>
    public bool IsOn => _maxOpen > 0 || _perMinute > 0;

    /// <summary>Takes one of the client's connections.</summary>
    /// <returns>Null when there was one, and the lease; else the reason.</returns>
    public string? Acquire(ClientKey client, out ConnectionLease? lease)
    {
        lease = null;
        var own = _clients.Value.AttemptAcquire(client);
        if (Refusal(own) is { } reason)
            return reason;
        RateLimitLease? site = null;
        if (client.Site is { } wider && Refusal(site = _clients.Value.AttemptAcquire(wider)) is { } crowded)
        {
            own.Dispose();
            return crowded;
        }

        lease = new ConnectionLease(client, own, site);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_clients.IsValueCreated)
            _clients.Value.Dispose();
    }

    private static string? Refusal(RateLimitLease lease) =>
        lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.ReasonPhrase, out var reason) ? reason : SmtpReasons.AddressConnections;

    private static int Times(int limit, int clients) => (int)Math.Min((long)limit * clients, int.MaxValue);

    private ClientLimiter CreateLimiter(ClientKey client)
    {
        var clients = client.Length == 48 ? ClientsInSite : 1;
        return new ClientLimiter(_time, Times(_maxOpen, clients), Times(_perMinute, clients));
    }
}

/// <summary>A connection that counts for its client, and for its client's site.</summary>
internal sealed class ConnectionLease(ClientKey client, RateLimitLease own, RateLimitLease? site) : IDisposable
{
    /// <summary>Whose it is.</summary>
    public ClientKey Client => client;

    /// <summary>The connection no longer counts; a second call does nothing.</summary>
    public void Dispose()
    {
        own.Dispose();
        site?.Dispose();
    }
}
