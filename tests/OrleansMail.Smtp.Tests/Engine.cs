using Microsoft.Extensions.Time.Testing;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>A server without a listener, its delivery in memory and its clock in the test's hand.</summary>
internal sealed class Engine : IAsyncDisposable
{
    public Engine(Action<SmtpServerOptions>? configure = null, Func<ISmtpDeliveryFactory, ISmtpDeliveryFactory>? around = null)
    {
        var options = new SmtpServerOptions { HostName = "mx.example.test" };
        configure?.Invoke(options);
        Server = new SmtpServer(options, around?.Invoke(Delivery) ?? Delivery, Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public MemoryDelivery Delivery { get; } = new();

    public SmtpServer Server { get; }

    /// <summary>Moves the clock second by second, and lets the sessions run, until the task is done.</summary>
    public async Task<TimeSpan> AdvanceUntilAsync(Task task, TimeSpan atMost)
    {
        var moved = TimeSpan.Zero;
        while (!task.IsCompleted && moved < atMost)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            moved += TimeSpan.FromSeconds(1);
            await Task.WhenAny(task, Task.Delay(2));
        }

        return moved;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
