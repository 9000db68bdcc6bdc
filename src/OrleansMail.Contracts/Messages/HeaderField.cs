namespace OrleansMail.Contracts.Messages;

/// <summary>A header field kept with the record for listings, as received: undecoded, unfolded, at most <see cref="MaxValue"/> octets.</summary>
/// <param name="Name">Which of the kept fields it is.</param>
/// <param name="Value">The value's octets after the colon, without the final CRLF.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.header-field")]
public readonly record struct HeaderField([property: Id(0)] HeaderName Name, [property: Id(1)] ReadOnlyMemory<byte> Value)
{
    /// <summary>Octets of a value that are kept; the rest is in raw.</summary>
    public const int MaxValue = 2048;
}

/// <summary>The header fields that are kept with each record. The numbers are stored: never reuse one.</summary>
[GenerateSerializer, Alias("orleansmail.header-name")]
public enum HeaderName : byte
{
    /// <summary>RFC 5322 §3.6.5.</summary>
    Subject = 1,

    /// <summary>RFC 5322 §3.6.2.</summary>
    From = 2,

    /// <summary>RFC 5322 §3.6.3.</summary>
    To = 3,

    /// <summary>RFC 5322 §3.6.1.</summary>
    Date = 4,

    /// <summary>RFC 5322 §3.6.4.</summary>
    MessageId = 5,

    /// <summary>RFC 5322 §3.6.4.</summary>
    InReplyTo = 6,

    /// <summary>RFC 5322 §3.6.4.</summary>
    References = 7,

    /// <summary>RFC 3834 §5: an automatic reply says so.</summary>
    AutoSubmitted = 8,

    /// <summary>RFC 2076 §3.9: bulk, list, junk.</summary>
    Precedence = 9,

    /// <summary>RFC 2919.</summary>
    ListId = 10,

    /// <summary>RFC 2045 §5: a report names its type here.</summary>
    ContentType = 11,
}
