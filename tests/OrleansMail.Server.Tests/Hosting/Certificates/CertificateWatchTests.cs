using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Server.Tests.WholeSystem;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Server.Tests.Hosting.Certificates;

/// <summary>The files are looked at while the server runs, and what came of it stands in the log.</summary>
public sealed class CertificateWatchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly FakeLogger<CertificateWatch> log = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("new.example.test", 0, "CertificateRenewed", LogLevel.Information)]
    [InlineData("new.example.test", 2, "CertificateExpired", LogLevel.Warning)]
    [InlineData(null, 0, "CertificateNotRead", LogLevel.Warning)]
    public async Task A_file_that_changes_is_taken_if_it_can_be_and_told(string? name, int years, string told, LogLevel level)
    {
        Write("mx.example.test");
        var certificates = Open();
        time.Advance(TimeSpan.FromDays(366 * years));
        using var watch = new CertificateWatch(certificates, time, log);
        await watch.StartAsync(CancellationToken.None);
        Write(name);

        // Each turn of the clock is one look: the first may come before the watch has begun.
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return Task.FromResult(log.Collector.Count > 0);
            },
            "the change is told");
        await watch.StopAsync(CancellationToken.None);

        var record = Assert.Single(log.Collector.GetSnapshot());
        Assert.Equal((told, level), (record.Id.Name, record.Level));
        Assert.Contains(folder.File("mx.pem"), record.Message, StringComparison.Ordinal);
        Assert.Equal([name ?? "mx.example.test"], certificates.Default.Names);
    }

    private ServerCertificates Open()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("OrleansMail:Smtp:Tls:Certificate", folder.File("mx.pem"))]).Build();
        return ServerCertificates.Open(SettingsReader.Read(configuration, isDevelopment: true).Settings.Smtp.Tls)!;
    }

    private void Write(string? name)
    {
        var (certificate, key) = name is null ? ("no PEM", "") : TestCertificate.Pem(name);
        File.WriteAllText(folder.File("mx.pem"), certificate + key);
        File.SetLastWriteTimeUtc(folder.File("mx.pem"), DateTime.UtcNow.AddMinutes(name == "mx.example.test" ? -1 : 0));
    }
}
