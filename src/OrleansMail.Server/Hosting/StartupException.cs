namespace OrleansMail.Server.Hosting;

/// <summary>The process can't start for a reason that a person can mend; the message says which and how.</summary>
internal sealed class StartupException(string message, int exitCode = ExitCodes.CannotStart, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
