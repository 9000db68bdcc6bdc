namespace OrleansMail.Contracts.Messages;

/// <summary>What is known of the SMTP session a message came in by.</summary>
/// <param name="Helo">The client's HELO or EHLO argument; empty when it gave none.</param>
/// <param name="RemoteAddress">The client's address, as text; null when the transport has none.</param>
/// <param name="Protocol">The transmission type of RFC 3848: <c>SMTP</c>, <c>ESMTP</c>, …</param>
/// <param name="Tls">The TLS parameters; null in plaintext.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.session-facts")]
public sealed record SessionFacts(
    [property: Id(0)] string Helo,
    [property: Id(1)] string? RemoteAddress,
    [property: Id(2)] string Protocol,
    [property: Id(3)] TlsFacts? Tls);

/// <summary>The TLS parameters of a session.</summary>
/// <param name="Version">As in <c>TLSv1.3</c>.</param>
/// <param name="Cipher">The cipher suite's IANA name.</param>
/// <param name="ServerName">The name the client asked for (RFC 6066 §3); null when it asked for none.</param>
/// <param name="ClientCertificate">The client's certificate, not verified; null when it showed none.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tls-facts")]
public sealed record TlsFacts(
    [property: Id(0)] string Version,
    [property: Id(1)] string Cipher,
    [property: Id(2)] string? ServerName,
    [property: Id(3)] ClientCertificateFacts? ClientCertificate = null);

/// <summary>What is kept of a client's certificate, which is what the client says of itself.</summary>
/// <param name="Subject">The distinguished name.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hex.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.client-certificate-facts")]
public sealed record ClientCertificateFacts(
    [property: Id(0)] string Subject,
    [property: Id(1)] string Fingerprint);
