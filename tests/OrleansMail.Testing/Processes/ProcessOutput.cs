using System.Diagnostics;
using System.Text;

namespace OrleansMail.Testing.Processes;

/// <summary>Gathers what a process prints, both streams, and lets tests wait for it.</summary>
internal sealed class ProcessOutput
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly Process process;
    private TaskCompletionSource changed = NewSignal();

    public ProcessOutput(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public override string ToString()
    {
        lock (gate)
            return text.ToString();
    }

    public async Task WaitForAsync(Func<string, bool> condition, TimeSpan atMost)
    {
        using var timeout = new CancellationTokenSource(atMost);
        var exited = process.WaitForExitAsync(timeout.Token);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition(text.ToString()))
                    return;
                next = changed.Task;
            }

            if (exited.IsCompletedSuccessfully)
                throw new InvalidOperationException($"The process ended with code {process.ExitCode}:\n{this}");
            if (exited.IsCompleted)
                throw new TimeoutException($"What the test waits for did not appear within {atMost}:\n{this}");
            await Task.WhenAny(next, exited);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (gate)
        {
            text.Append(line).Append('\n');
            changed.TrySetResult();
            changed = NewSignal();
        }
    }
}
