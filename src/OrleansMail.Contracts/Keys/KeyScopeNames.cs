namespace OrleansMail.Contracts.Keys;

/// <summary>The names of scopes as people and programs write them: a closed set; one may be added, none renamed or removed.</summary>
public static class KeyScopeNames
{
    private static readonly (string Name, KeyScopes Scope)[] Table =
    [
        ("mail:submit", KeyScopes.MailSubmit),
        ("mail:read", KeyScopes.MailRead),
        ("domains:read", KeyScopes.DomainsRead),
        ("domains:write", KeyScopes.DomainsWrite),
        ("mailboxes:read", KeyScopes.MailboxesRead),
        ("mailboxes:write", KeyScopes.MailboxesWrite),
        ("keys:read", KeyScopes.KeysRead),
        ("keys:write", KeyScopes.KeysWrite),
    ];

    /// <summary>All names, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(entry => entry.Name)];

    /// <summary>Every scope there is.</summary>
    public static KeyScopes Every { get; } = Table.Aggregate(KeyScopes.None, static (all, entry) => all | entry.Scope);

    /// <summary>The scope of a name, which is compared octet by octet; false when there is none.</summary>
    public static bool TryParse(string? name, out KeyScopes scope)
    {
        scope = Array.Find(Table, entry => entry.Name == name).Scope;
        return scope != KeyScopes.None;
    }

    /// <summary>The names of the scopes in a set.</summary>
    public static IReadOnlyList<string> Of(KeyScopes scopes) => [.. Table.Where(entry => scopes.HasFlag(entry.Scope)).Select(entry => entry.Name)];
}
