namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>What a tenant may hold of the payload budget.</summary>
internal static class PayloadShare
{
    /// <summary>
    /// Whether a tenant may take octets: it then holds at most as many as are free then. One that holds nothing may take all that is free,
    /// so that a message larger than a share is not refused forever.
    /// </summary>
    public static bool Allows(long held, long octets, long available) =>
        held == 0 ? octets <= available : held + octets <= available - octets;
}
