using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

/// <summary>Clients that authenticate over STARTTLS with a key of a tenant, as a support desk's program does.</summary>
public sealed class AuthClientTests : IAsyncLifetime
{
    private const string Domain = "acme.test";
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerProcess.StartAsync(new ServerSettings { Arguments = ["--OrleansMail:Smtp:Auth=true"] });
        await server.Api.ProvisionAsync("acme", Domain, "inbox");
        await server.Api.ProvisionAsync("other", "other.test", "inbox");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Smtplib_logs_in_and_delivers_to_the_keys_tenant_alone()
    {
        var (_, secret) = await CreateKeyAsync("mail:submit");
        var content = "From: app@acme.test\r\nSubject: from a program\r\n\r\nHello\r\n"u8.ToArray();
        var script = """
            import smtplib, ssl, sys
            address, port, secret = sys.argv[1:]
            context = ssl._create_unverified_context()
            data = sys.stdin.buffer.read()
            with smtplib.SMTP(address, int(port), timeout=50) as client:
                assert 'auth' not in (client.ehlo(), client.esmtp_features)[1]
                client.starttls(context=context)
                client.login('acme', secret)
                client.mail('app@acme.test')
                print(client.rcpt('inbox@other.test')[0], client.rcpt('inbox@nowhere.test')[0])
                client.rset()
                client.sendmail('app@acme.test', ['inbox@acme.test'], data)
            """;
        var result = await CommandRunner.RunAsync(CommandRunner.Require("python3"), ["-c", script, $"{server.Smtp.Address}", $"{server.Smtp.Port}", secret], content);

        Assert.Equal("550 550", result.EnsureSuccess().Output.Trim());
        var item = Assert.Single((await server.Api.WaitAsync("acme", $"inbox@{Domain}")).Items);
        Assert.Equal("ESMTPSA", item.Envelope.Protocol);
        Assert.EndsWith(Encoding.ASCII.GetString(content), Encoding.ASCII.GetString(await server.Api.RawAsync("acme", item.Id)), StringComparison.Ordinal);
    }

    [Theory, InlineData("PLAIN"), InlineData("LOGIN")]
    public async Task MailKit_logs_in_by_either_mechanism(string mechanism)
    {
        var (_, secret) = await CreateKeyAsync("mail:submit");
        using var client = await ConnectAsync(mechanism);
        await client.AuthenticateAsync("anything", secret);
        await client.SendAsync(Message());

        Assert.Equal("ESMTPSA", Assert.Single((await server.Api.WaitAsync("acme", $"inbox@{Domain}")).Items).Envelope.Protocol);
    }

    [Fact]
    public async Task A_key_without_the_scope_a_deleted_one_and_a_wrong_one_are_refused()
    {
        var (_, reader) = await CreateKeyAsync("mail:read");
        var (id, deleted) = await CreateKeyAsync("mail:submit");
        await server.Api.DeleteAsync($"/v1/tenants/acme/keys/{id}");

        using var client = await ConnectAsync("PLAIN");
        foreach (var secret in (string[])[reader, deleted, "omk_wrong"])
        {
            var refusal = await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync("acme", secret));
            Assert.Contains("535", refusal.InnerException?.Message + refusal.Message, StringComparison.Ordinal);
        }
    }

    private static MimeMessage Message() => new([new MailboxAddress("", $"app@{Domain}")], [new MailboxAddress("", $"inbox@{Domain}")], "hello", new TextPart { Text = "Hello" });

    private async Task<SmtpClient> ConnectAsync(string mechanism)
    {
#pragma warning disable CA5359 // the server's certificate is its own
        var client = new SmtpClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
#pragma warning restore CA5359
        await client.ConnectAsync($"{server.Smtp.Address}", server.Smtp.Port, SecureSocketOptions.StartTls);
        Assert.Contains(mechanism, client.AuthenticationMechanisms);
        client.AuthenticationMechanisms.RemoveWhere(other => other != mechanism);
        return client;
    }

    private async Task<(string Id, string Secret)> CreateKeyAsync(string scope)
    {
        var answer = await server.Api.Http.PostAsJsonAsync("/v1/tenants/acme/keys", new { name = "program", scopes = new[] { scope } });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var key = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (key.GetProperty("id").GetString()!, key.GetProperty("secret").GetString()!);
    }
}
