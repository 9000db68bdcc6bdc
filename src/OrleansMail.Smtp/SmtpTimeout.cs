namespace OrleansMail.Smtp;

/// <summary>Which of the <see cref="SmtpTimeouts"/> ran out.</summary>
public enum SmtpTimeout
{
    /// <summary>No command came after the connection.</summary>
    Greeting,

    /// <summary>No complete command line came.</summary>
    Command,

    /// <summary>No data came, or the client took no replies.</summary>
    DataBlock,

    /// <summary>The transaction as a whole.</summary>
    Transaction,

    /// <summary>The client did not finish its TLS handshake.</summary>
    TlsHandshake,

    /// <summary>Less data came than <see cref="SmtpServerOptions.MinDataRate"/> asks for.</summary>
    DataRate,

    /// <summary>The session as a whole, when no transaction was open.</summary>
    SessionAge,
}
