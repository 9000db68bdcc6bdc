using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace OrleansMail.Smtp.Limits;

/// <summary>
/// The connections of one client: how many are open, and how many may still come. Both in one object of some 200 octets, on the server's
/// clock, which the limiters of the framework do not take.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="maxOpen">Most at once; 0 is no limit.</param>
/// <param name="perMinute">
/// New ones in a minute, as a bucket that holds so many and fills evenly: they may come all at once. 0 is no limit. What is refused takes nothing.
/// </param>
internal sealed class ClientLimiter(TimeProvider time, int maxOpen, int perMinute) : RateLimiter
{
    private static readonly RefusedLease TooMany = new(SmtpReasons.AddressConnections);
    private static readonly RefusedLease TooFast = new(SmtpReasons.AddressRate);

    private readonly Lock _gate = new();
    private readonly long _minute = 60 * time.TimestampFrequency;
    private int _open;
    private long _fullAt = time.GetTimestamp();

    /// <summary>At once for ever when it knows nothing that a new one would not know, so that it is forgotten; else null.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_gate)
                return _open == 0 && _fullAt <= time.GetTimestamp() ? TimeSpan.MaxValue : null;
        }
    }

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            if (maxOpen > 0 && _open >= maxOpen)
                return TooMany;
            if (perMinute > 0 && !TryTake())
                return TooFast;
            _open++;
            return new Lease(this);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    // The bucket as one moment: when it will be full again (the generic cell rate algorithm, ITU-T I.371).
    private bool TryTake()
    {
        var now = time.GetTimestamp();
        var full = Math.Max(_fullAt, now) + _minute / perMinute;
        if (full - now > _minute / perMinute * perMinute)
            return false;
        _fullAt = full;
        return true;
    }

    private void Release()
    {
        lock (_gate)
            _open--;
    }

    private sealed class Lease(ClientLimiter limiter) : RateLimitLease
    {
        private bool _released;

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (!Interlocked.Exchange(ref _released, true))
                limiter.Release();
            base.Dispose(disposing);
        }
    }

    private sealed class RefusedLease(string reason) : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [MetadataName.ReasonPhrase.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.ReasonPhrase.Name ? reason : null;
            return metadata is not null;
        }
    }
}
