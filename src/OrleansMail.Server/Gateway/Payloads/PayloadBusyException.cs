namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>The payload budget stayed exhausted for too long: 451 4.3.2.</summary>
internal sealed class PayloadBusyException() : Exception("The payload budget is exhausted.");
