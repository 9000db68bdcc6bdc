namespace OrleansMail.Server.Hosting;

/// <summary>How the process ends.</summary>
internal static class ExitCodes
{
    /// <summary>All that was asked for was done.</summary>
    public const int Success = 0;

    /// <summary>It could not start.</summary>
    public const int CannotStart = 1;

    /// <summary>The command line or the settings are wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>A store that was to be checked is damaged.</summary>
    public const int Damaged = 1;

    /// <summary>A store that was to be checked could not be: it is locked, away, or none.</summary>
    public const int CouldNotCheck = 2;
}
