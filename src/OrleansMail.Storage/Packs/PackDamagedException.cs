namespace OrleansMail.Storage.Packs;

/// <summary>A pack is there but fails its check.</summary>
internal sealed class PackDamagedException(string message) : Exception(message);
