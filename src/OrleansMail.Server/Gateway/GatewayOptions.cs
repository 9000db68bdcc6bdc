namespace OrleansMail.Server.Gateway;

/// <summary>What the SMTP edge has to be told.</summary>
public sealed class GatewayOptions
{
    /// <summary>The address that takes mail for postmaster where no domain does (RFC 5321 §4.5.1); the operator's mailbox while it is null or takes none.</summary>
    public string? Postmaster { get; set; }

    /// <summary>Octets of payload that all sessions together may hold in memory; sessions of a tenant that holds as many as are free wait. Default 268,435,456 (256 MiB).</summary>
    public long PayloadBudget { get; set; } = 256 * 1024 * 1024;
}
