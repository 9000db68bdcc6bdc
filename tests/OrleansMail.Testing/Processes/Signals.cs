namespace OrleansMail.Testing.Processes;

/// <summary>Sends signals that <see cref="System.Diagnostics.Process"/> can't.</summary>
public static class Signals
{
    /// <summary>Sends one, named without SIG.</summary>
    public static async Task SendAsync(int processId, string signal) =>
        (await CommandRunner.RunAsync("/bin/sh", ["-c", $"kill -s {signal} {processId}"])).EnsureSuccess();
}
