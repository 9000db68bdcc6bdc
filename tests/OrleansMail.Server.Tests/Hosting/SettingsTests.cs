using Microsoft.Extensions.Configuration;
using OrleansMail.Server.Hosting;
using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Tests.Hosting;

public sealed class SettingsTests
{
    private const string Key = "operator-key-of-the-tests";

    [Fact]
    public void Development_needs_no_setting_and_stays_on_loopback()
    {
        var result = Read(isDevelopment: true);

        Assert.Empty(result.Errors);
        Assert.Equal("127.0.0.1:2525", result.Settings.Smtp.Listen);
        Assert.Equal("http://127.0.0.1:8025", result.Settings.Http.Listen);
        Assert.Equal("orleansmail-development", result.Settings.OperatorKey);
        Assert.Equal("postmaster@demo.test", result.Settings.Smtp.Postmaster);
    }

    [Fact]
    public void Elsewhere_the_operators_key_is_required_and_nothing_else()
    {
        Assert.Contains("OrleansMail:OperatorKey", Assert.Single(Read(isDevelopment: false).Errors), StringComparison.Ordinal);
        Assert.Empty(Read(isDevelopment: false, ("OperatorKey", Key)).Errors);
        Assert.Contains("at least 16", Assert.Single(Read(isDevelopment: false, ("OperatorKey", "short")).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_told_all_at_once_with_key_value_and_range()
    {
        var errors = Read(isDevelopment: true,
            ("Smtp:MaxMessageBytes", "-1"),
            ("Smtp:MaxRecipients", "many"),
            ("Smtp:Timeouts:Command", "5"),
            ("Smtp:Listen", "2525"),
            ("Http:Listen", "https://127.0.0.1:8025"),
            ("Domains:Verification", "Maybe"),
            ("Storage:Partitions", "0"),
            ("Role", "gateway")).Errors;

        Assert.Equal(8, errors.Count);
        Assert.Contains("OrleansMail:Smtp:MaxMessageBytes is '-1'; allowed: 65,536 or more.", errors);
        Assert.Contains("OrleansMail:Smtp:MaxRecipients is 'many'; allowed: 100 to 100,000.", errors);
        Assert.Contains("OrleansMail:Smtp:Timeouts:Command is '5'; allowed: 00:00:01 to 01:00:00.", errors);
        Assert.Contains("OrleansMail:Role is 'gateway'; allowed: all. It is set by --role or its key.", errors);
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        var errors = Read(isDevelopment: true, ("OperatorKey", "hunter2"), ("Storage:Connection", "hunter3")).Errors;

        Assert.Equal(2, errors.Count);
        Assert.DoesNotContain(errors, e => e.Contains("hunter", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_key_is_a_warning_with_what_was_probably_meant()
    {
        var result = Read(isDevelopment: true, ("Smtp:MaxRecipient", "500"), ("Nonsense:Entirely:Else", "1"));

        Assert.Empty(result.Errors);
        Assert.Equal(2, result.Warnings.Count);
        Assert.Contains("There is no setting OrleansMail:Smtp:MaxRecipient; it is ignored. Did you mean OrleansMail:Smtp:MaxRecipients?", result.Warnings);
    }

    [Theory]
    [InlineData("127.0.0.1:0", true)]
    [InlineData("[::1]:25", true)]
    [InlineData("localhost:25", true)]
    [InlineData("*:25", true)]
    [InlineData("::1:25", false)]
    [InlineData("mail.example:25", false)]
    [InlineData("127.0.0.1:70000", false)]
    [InlineData(":25", false)]
    public void An_address_to_listen_on_is_an_address_and_a_port(string text, bool allowed) =>
        Assert.Equal(allowed, ListenAddressAttribute.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.3.0/24, fd00:3::/64 ,192.0.2.7,2001:db8::1", "10.0.3.0/24 fd00:3::/64 192.0.2.7/32 2001:db8::1/128")]
    [InlineData("0.0.0.0/0,::/0", "0.0.0.0/0 ::/0")]
    public void Trusted_proxies_are_networks_and_addresses(string text, string networks)
    {
        var result = Read(isDevelopment: true, ("Smtp:TrustedProxies", text));

        Assert.Empty(result.Errors);
        Assert.Equal(networks, string.Join(' ', EngineOptions.Create(result.Settings).TrustedProxies));
    }

    [Fact]
    public void No_proxy_is_trusted_unless_one_is_named() => Assert.Empty(EngineOptions.Create(Read(isDevelopment: true).Settings).TrustedProxies);

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.1/16")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.0/8;11.0.0.0/8")]
    [InlineData("10.0.0.0/8,")]
    [InlineData("proxy.example")]
    [InlineData("fe80::1%2")]
    [InlineData("[fd00::1]")]
    [InlineData("loopback")]
    public void Anything_else_is_no_trusted_proxy(string text) =>
        Assert.Equal(
            $"OrleansMail:Smtp:TrustedProxies is '{text}'; allowed: networks or addresses separated by commas, such as 10.0.0.0/8,fd00::/8,192.0.2.7; behind its prefix a network is all zeros.",
            Assert.Single(Read(isDevelopment: true, ("Smtp:TrustedProxies", text)).Errors));

    private static SettingsResult Read(bool isDevelopment, params (string Key, string Value)[] values) =>
        SettingsReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => new KeyValuePair<string, string?>($"OrleansMail:{v.Key}", v.Value))).Build(),
            isDevelopment);
}
