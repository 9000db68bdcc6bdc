namespace OrleansMail.Smtp.Tls;

/// <summary>The TLS parameters of a session.</summary>
/// <param name="Version">As in <c>TLSv1.3</c>.</param>
/// <param name="Cipher">The cipher suite's IANA name.</param>
/// <param name="ServerName">The name the client asked for (RFC 6066 §3), as an A-label of at most 255 octets; null when it asked for none.</param>
/// <param name="ClientCertificate">The client's certificate, not verified; null when it showed none.</param>
public sealed record SmtpTlsInfo(string Version, string Cipher, string? ServerName, SmtpClientCertificate? ClientCertificate);

/// <summary>What is kept of a client's certificate. Its chain is not verified: the names are what the client says of itself.</summary>
/// <param name="Subject">The distinguished name (RFC 4514), shortened to 1,024 characters.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hex.</param>
public sealed record SmtpClientCertificate(string Subject, string Fingerprint);
