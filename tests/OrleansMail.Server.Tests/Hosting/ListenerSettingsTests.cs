using Microsoft.Extensions.Configuration;
using OrleansMail.Server.Hosting.Listening;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Tests.Hosting;

public sealed class ListenerSettingsTests
{
    [Fact]
    public void Without_a_setting_there_is_one_listener_with_starttls_and_without_auth()
    {
        var only = Assert.Single(SmtpEndpoint.From(Read().Settings.Smtp));

        Assert.Equal(("SMTP", SmtpListenerTls.StartTls, false), (only.Name, only.Options.Tls, only.Options.Auth));
    }

    [Fact]
    public void Further_listeners_are_read_in_the_order_of_their_numbers_whatever_is_missing_between()
    {
        var result = Read(
            ("Smtp:ListenTls", "127.0.0.1:2465"),
            ("Smtp:Listeners:12:Address", "127.0.0.1:3003"),
            ("Smtp:Listeners:12:Tls", "none"),
            ("Smtp:Listeners:12:Lmtp", "true"),
            ("Smtp:Listeners:3:Address", "[::1]:3002"),
            ("Smtp:Listeners:3:Auth", "True"),
            ("Smtp:Listeners:3:Tls", "Implicit"),
            ("Smtp:Listeners:3:RequireProxy", "true"),
            ("Smtp:Listeners:3:BareNewlines", "Reject"));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var all = SmtpEndpoint.From(result.Settings.Smtp);
        Assert.Equal(["127.0.0.1:2525 SMTP", "127.0.0.1:2465 SMTPS", "[::1]:3002 SMTPS", "127.0.0.1:3003 LMTP"], all.Select(one => $"{one.Address} {one.Name}"));
        Assert.Equal((true, true, SmtpBareNewlines.Reject), (all[2].Options.Auth, all[2].Options.RequireProxy, all[2].Options.BareNewlines));
        Assert.Equal((false, false, (SmtpBareNewlines?)null), (all[3].Options.Auth, all[3].Options.RequireProxy, all[3].Options.BareNewlines));
    }

    [Fact]
    public void Auth_of_the_short_switches_is_one_setting()
    {
        var all = SmtpEndpoint.From(Read(("Smtp:Auth", "true"), ("Smtp:ListenTls", "127.0.0.1:2465")).Settings.Smtp);

        Assert.All(all, one => Assert.True(one.Options.Auth));
    }

    [Fact]
    public void Errors_name_the_element()
    {
        var errors = Read(("Smtp:Listeners:0:Tls", "Maybe"), ("Smtp:Listeners:1:Address", "nowhere"), ("Smtp:Listeners:1:Auth", "yes"), ("Smtp:Tls:Minimum", "1.1")).Errors;

        Assert.Equal(5, errors.Count);
        Assert.Contains(errors, e => e.StartsWith("OrleansMail:Smtp:Listeners:0:Address is not set", StringComparison.Ordinal));
        Assert.Contains("OrleansMail:Smtp:Listeners:0:Tls is 'Maybe'; allowed: None, StartTls, Implicit.", errors);
        Assert.Contains(errors, e => e.StartsWith("OrleansMail:Smtp:Listeners:1:Address is 'nowhere'", StringComparison.Ordinal));
        Assert.Contains("OrleansMail:Smtp:Listeners:1:Auth is 'yes'; allowed: true, false.", errors);
        Assert.Contains("OrleansMail:Smtp:Tls:Minimum is '1.1'; allowed: 1.2, 1.3.", errors);
    }

    [Fact]
    public void A_mistyped_key_of_an_element_is_a_warning_with_what_was_probably_meant()
    {
        var warnings = Read(("Smtp:Listeners:0:Address", "127.0.0.1:1"), ("Smtp:Listeners:0:Lmpt", "true"), ("Smtp:Listeners:first:Address", "127.0.0.1:2")).Warnings;

        Assert.Equal(2, warnings.Count);
        Assert.Contains("There is no setting OrleansMail:Smtp:Listeners:0:Lmpt; it is ignored. Did you mean OrleansMail:Smtp:Listeners:0:Lmtp?", warnings);
    }

    private static SettingsResult Read(params (string Key, string Value)[] values) =>
        SettingsReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => new KeyValuePair<string, string?>($"OrleansMail:{v.Key}", v.Value))).Build(),
            isDevelopment: true);
}
