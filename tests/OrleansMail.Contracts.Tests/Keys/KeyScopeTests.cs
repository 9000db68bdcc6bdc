using System.Globalization;
using OrleansMail.Contracts.Keys;

namespace OrleansMail.Contracts.Tests.Keys;

public sealed class KeyScopeTests
{
    [Fact]
    public void Names_and_stored_numbers_stay_what_they_are() => Assert.Equal(
        ["mail:submit 1", "mail:read 2", "domains:read 4", "domains:write 8", "mailboxes:read 16", "mailboxes:write 32", "keys:read 64", "keys:write 128"],
        KeyScopeNames.All.Select(name => KeyScopeNames.TryParse(name, out var scope) ? string.Create(CultureInfo.InvariantCulture, $"{name} {(int)scope}") : name));

    [Fact]
    public void Every_scope_has_a_name()
    {
        Assert.Equal(Enum.GetValues<KeyScopes>().Aggregate((all, scope) => all | scope), KeyScopeNames.Every);
        Assert.Equal(KeyScopeNames.All, KeyScopeNames.Of(KeyScopeNames.Every));
        Assert.Equal(["mail:read", "keys:write"], KeyScopeNames.Of(KeyScopes.KeysWrite | KeyScopes.MailRead));
        Assert.Empty(KeyScopeNames.Of(KeyScopes.None));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("Mail:read"), InlineData("mail:read "), InlineData("mail:*"), InlineData("mail"), InlineData("None"), InlineData("1"), InlineData("mail:read,keys:write")]
    public void A_name_that_is_not_in_the_set_is_no_scope(string? name)
    {
        Assert.False(KeyScopeNames.TryParse(name, out var scope));
        Assert.Equal(KeyScopes.None, scope);
    }

    [Fact]
    public void A_key_has_all_of_the_scopes_asked_for_or_not()
    {
        var key = new TenantKey(OrleansMail.Contracts.Tenants.TenantId.Parse("t"), default, new(Ulid.NewUlid(), new("k", KeyScopes.MailRead | KeyScopes.KeysRead, null), default));
        Assert.True(key.Has(KeyScopes.None));
        Assert.True(key.Has(KeyScopes.MailRead));
        Assert.True(key.Has(KeyScopes.MailRead | KeyScopes.KeysRead));
        Assert.False(key.Has(KeyScopes.MailRead | KeyScopes.MailSubmit));
    }
}
