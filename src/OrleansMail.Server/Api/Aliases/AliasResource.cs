using System.ComponentModel;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Requests;

namespace OrleansMail.Server.Api.Aliases;

/// <summary>An alias as the API shows it.</summary>
[Description("An alias: a local part, or a prefix, that points at addresses of the tenant.")]
internal sealed record AliasResource(
    [property: Description("The local part without quoting, or a prefix followed by *.")] string Alias,
    [property: Description("The addresses it points at.")] IReadOnlyList<string> Targets)
{
    /// <summary>Shows an alias.</summary>
    public static AliasResource From(MailAlias alias) => new(NameOf(alias, exact: true), alias.Targets);

    /// <summary>The alias's name in the domain's order.</summary>
    public static string NameOf(MailAlias alias, bool exact)
    {
        var star = alias.Alias.EndsWith('*') ? "*" : "";
        return LocalPart.TryParse(alias.Alias[..^star.Length], out var localPart) ? Ordering.NameOf(localPart, exact) + star : alias.Alias;
    }
}

/// <summary>What a PUT says of an alias.</summary>
[ReadOnlyFields("alias")]
[Description("What can be set of an alias.")]
internal sealed record AliasRequest([property: Description("Addresses of the same tenant, from 1 to 1000.")] IReadOnlyList<string> Targets);
