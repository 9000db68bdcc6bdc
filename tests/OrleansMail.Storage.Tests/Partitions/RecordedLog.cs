using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Keeps the names of what was logged.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string?> events = new();

    public int Count(string eventName) => events.Count(e => e == eventName);

    public void Clear() => events.Clear();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        events.Enqueue(eventId.Name);

    public void Dispose()
    {
    }
}
