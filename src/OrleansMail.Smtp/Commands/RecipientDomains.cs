namespace OrleansMail.Smtp.Commands;

/// <summary>The different domains of a session's accepted recipients, against RCPTDOMAINMAX (RFC 9422 §3.3). Never more than the limit are kept.</summary>
/// <param name="max">How many there may be; 0 is no limit, and nothing is kept.</param>
internal struct RecipientDomains(int max)
{
    private HashSet<string>? _domains;

    /// <summary>Whether a recipient of this domain may be added; a bare postmaster has none.</summary>
    public readonly bool HasRoomFor(string domain) =>
        max == 0 || domain.Length == 0 || _domains is null || _domains.Count < max || _domains.Contains(domain);

    /// <summary>Counts an accepted recipient's domain.</summary>
    public void Add(string domain)
    {
        if (max > 0 && domain.Length > 0)
            (_domains ??= new(StringComparer.OrdinalIgnoreCase)).Add(domain);
    }
}
