namespace OrleansMail.Contracts;

/// <summary>
/// Identifies one creation of a tenant, domain or mailbox. Storage paths, repeat keys, cursors and tombstones carry it and
/// never the name alone, so that a name used again never meets its predecessor's mail or its deletion.
/// </summary>
[GenerateSerializer, Immutable, Alias("orleansmail.incarnation")]
public readonly record struct Incarnation([property: Id(0)] Ulid Value)
{
    /// <summary>A new incarnation, created at the given time.</summary>
    public static Incarnation Create(TimeProvider time) => new(Ulid.NewUlid(time.GetUtcNow()));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
