namespace OrleansMail.Server.Hosting.Certificates;

/// <summary>Looks at the certificate files now and then; sessions that are open go on with what they have.</summary>
internal sealed partial class CertificateWatch(ServerCertificates certificates, TimeProvider time, ILogger<CertificateWatch> logger) : BackgroundService
{
    // Asking works on every volume, also where no event is raised: network shares, mounted secrets.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (certificates.IsSelfSigned)
            return;
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var change in certificates.Refresh())
                Tell(change);
        }
    }

    private void Tell(CertificateChange change)
    {
        if (change.Failure is { } failure)
            Log.NotRead(logger, change.Path, failure);
        else if (change.Certificate.NotAfter < time.GetUtcNow())
            Log.Expired(logger, change.Path, change.Certificate.NotAfter);
        else
            Log.Renewed(logger, change.Path, change.Certificate.NotAfter);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The certificate in {Path} has changed and is in use; it expires at {NotAfter:u}.", EventName = "CertificateRenewed")]
        public static partial void Renewed(ILogger logger, string path, DateTimeOffset notAfter);

        [LoggerMessage(LogLevel.Warning, "The certificate in {Path} has changed and is in use, but expired at {NotAfter:u}.", EventName = "CertificateExpired")]
        public static partial void Expired(ILogger logger, string path, DateTimeOffset notAfter);

        [LoggerMessage(LogLevel.Warning, "The certificate in {Path} has changed and can't be used; the former one stays in use. {Reason}", EventName = "CertificateNotRead")]
        public static partial void NotRead(ILogger logger, string path, string reason);
    }
}
