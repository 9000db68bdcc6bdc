using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>The instruments as docs/operations/metrics.md has them.</summary>
public sealed class InstrumentTests
{
    [Theory]
    [InlineData("orleansmail.smtp.sessions", "{session}", typeof(UpDownCounter<long>))]
    [InlineData("orleansmail.smtp.commands", "{command}", typeof(Counter<long>))]
    [InlineData("orleansmail.smtp.replies", "{reply}", typeof(Counter<long>))]
    public void Each_has_a_name_a_unit_and_a_description(string name, string unit, Type type)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var listener = new MeterListener();
        var found = new List<Instrument>();
        listener.InstrumentPublished = (instrument, _) => found.Add(instrument);
        listener.Start();
        _ = new SmtpServer(new SmtpServerOptions { HostName = "mx.test" }, new MemoryDelivery(), meters: services.GetRequiredService<IMeterFactory>());

        var instrument = found.Last(one => one.Meter.Name == "OrleansMail" && one.Name == name);
        Assert.Equal((unit, type), (instrument.Unit, instrument.GetType()));
        Assert.EndsWith(".", instrument.Description);
    }
}
