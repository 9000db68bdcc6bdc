using System.ComponentModel;
using OrleansMail.Contracts.Keys;
using OrleansMail.Server.Api.Requests;

namespace OrleansMail.Server.Api.Keys;

/// <summary>A key as the API shows it.</summary>
[Description("A tenant's API key, without its secret.")]
internal sealed record KeyResource(
    [property: Description("Its id.")] string Id,
    [property: Description("For people.")] string Name,
    [property: Description("What it may do.")] IReadOnlyList<string> Scopes,
    [property: Description("When it was made.")] DateTimeOffset CreatedAt,
    [property: Description("When it ends; null when it ends only by deletion.")] DateTimeOffset? ExpiresAt)
{
    /// <summary>Shows a key.</summary>
    public static KeyResource From(ApiKey key) =>
        new(key.Id.ToString(), key.Settings.Name, KeyScopeNames.Of(key.Settings.Scopes), key.CreatedAt, key.Settings.ExpiresAt);
}

/// <summary>A key that was just made.</summary>
[Description("A tenant's API key and its secret, which is shown this once and kept nowhere.")]
internal sealed record CreatedKeyResource(
    [property: Description("Its id.")] string Id,
    [property: Description("omk_ and 43 further characters: what goes behind Bearer, or into the password of SMTP AUTH.")] string Secret,
    [property: Description("For people.")] string Name,
    [property: Description("What it may do.")] IReadOnlyList<string> Scopes,
    [property: Description("When it was made.")] DateTimeOffset CreatedAt,
    [property: Description("When it ends; null when it ends only by deletion.")] DateTimeOffset? ExpiresAt)
{
    /// <summary>Shows a key with its secret.</summary>
    public static CreatedKeyResource From(ApiKey key, string secret)
    {
        var shown = KeyResource.From(key);
        return new(shown.Id, secret, shown.Name, shown.Scopes, shown.CreatedAt, shown.ExpiresAt);
    }
}

/// <summary>What a POST says of a key.</summary>
[ReadOnlyFields("id", "createdAt")]
[Description("What is asked for with a key. It can't be changed afterwards.")]
internal sealed record KeyRequest(
    [property: Description("For people: 1 to 100 characters.")] string Name,
    [property: Description("What it may do; absent or null for everything, an empty list for nothing but to show its tenant.")] IReadOnlyList<string?>? Scopes = null,
    [property: Description("When it ends: a time in the future; absent or null when it ends only by deletion.")] DateTimeOffset? ExpiresAt = null)
{
    /// <summary>As the grain takes it; false when a scope is not known.</summary>
    public bool TryToSettings(out ApiKeySettings settings)
    {
        var scopes = Scopes is null ? KeyScopeNames.Every : KeyScopes.None;
        var known = true;
        foreach (var name in Scopes ?? [])
        {
            known &= KeyScopeNames.TryParse(name, out var scope);
            scopes |= scope;
        }

        settings = new(Name, scopes, ExpiresAt?.ToUniversalTime());
        return known;
    }
}
