namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>The tenant's share of the payload budget stayed exhausted for too long: 451 4.3.2.</summary>
internal sealed class PayloadBusyException() : Exception("The tenant's share of the payload budget is exhausted.");
