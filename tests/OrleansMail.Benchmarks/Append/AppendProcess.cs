using System.Diagnostics;
using System.Text.Json;

namespace OrleansMail.Benchmarks.Append;

/// <summary>A running <c>append-worker</c>.</summary>
internal sealed class AppendProcess(AppendWorkload workload) : IDisposable
{
    private Process? _process;

    public int Records => workload.Records;

    public List<AppendSample> Samples { get; } = [];

    /// <summary>Starts it and waits until its records are there.</summary>
    public async Task StartAsync(string folder, CancellationToken cancellationToken)
    {
        string[] arguments = [typeof(AppendProcess).Assembly.Location, AppendWorkerCommand.Verb, folder, JsonSerializer.Serialize(workload)];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (await _process.StandardOutput.ReadLineAsync(cancellationToken) != AppendWorkerCommand.Ready)
            throw new InvalidOperationException($"The worker for {workload.Records} records failed.");
    }

    /// <summary>Measures one block.</summary>
    public async Task<AppendSample> MeasureAsync(CancellationToken cancellationToken)
    {
        await _process!.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync(cancellationToken);
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return JsonSerializer.Deserialize<AppendSample>(line ?? throw new InvalidOperationException($"The worker for {workload.Records} records failed."))!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
