using System.Net;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

/// <summary>
/// A Postfix of the tests' own: configuration, queue and log in a temporary folder, one listener on loopback, every message relayed to
/// the server under test. It is told to pass messages on as they are, as far as it can be.
/// </summary>
internal sealed class PostfixInstance : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string program;

    private PostfixInstance(string program, int port)
    {
        this.program = program;
        Listener = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Where it takes mail.</summary>
    public IPEndPoint Listener { get; }

    private string Configuration => folder.File("etc");

    /// <summary>Starts one; skips the calling test where that is not possible.</summary>
    public static async Task<PostfixInstance> StartAsync(IPEndPoint relayHost)
    {
        var program = CommandRunner.Require("postfix");
        Assert.SkipUnless(Environment.UserName == "root", "Postfix can only be started by root.");
        var instance = new PostfixInstance(program, FreePorts.Take(1)[0]);
        try
        {
            await instance.WriteConfigurationAsync(relayHost);
            (await CommandRunner.RunAsync(program, ["-c", instance.Configuration, "start"])).EnsureSuccess();
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CommandRunner.RunAsync(program, ["-c", Configuration, "stop"]);
        folder.Dispose();
    }

    private async Task WriteConfigurationAsync(IPEndPoint relayHost)
    {
        foreach (var name in new[] { "etc", "queue", "data" })
            Directory.CreateDirectory(folder.File(name));
        await File.WriteAllTextAsync(Path.Combine(Configuration, "main.cf"), Main(relayHost));
        await File.WriteAllTextAsync(Path.Combine(Configuration, "master.cf"), Master());
        // Its daemons run as their own user: they have to reach the queue and to own their data.
        (await CommandRunner.RunAsync("/bin/sh", ["-c", $"chmod 755 {folder.Path} && chown postfix {folder.File("data")}"])).EnsureSuccess();
    }

    private string Main(IPEndPoint relayHost) => $"""
        compatibility_level = 3.6
        queue_directory = {folder.File("queue")}
        data_directory = {folder.File("data")}
        maillog_file = {folder.File("log")}
        maillog_file_prefixes = {folder.Path}
        myhostname = relay.example.test
        mydestination =
        mynetworks = 127.0.0.0/8
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        relayhost = [{relayHost.Address}]:{relayHost.Port}
        smtp_dns_support_level = disabled
        smtp_host_lookup = native
        smtpd_peername_lookup = no
        smtpd_recipient_restrictions = permit_mynetworks, reject
        smtpd_relay_restrictions =
        alias_maps =
        local_recipient_maps =
        message_size_limit = 0
        mailbox_size_limit = 0
        local_header_rewrite_clients =
        message_drop_headers =
        smtp_line_length_limit = 0
        disable_mime_output_conversion = yes

        """;

    private string Master() => $"""
        {Listener} inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        flush unix n - n 1000? 0 flush
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """;
}
