using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Domains;

/// <summary>A domain's head or one of its pages fails its check: the domain can't be read or written until it is repaired; others can.</summary>
internal sealed class HeadDamagedException(string message, Exception? innerException = null) : StoreUnavailableException(message, innerException);
