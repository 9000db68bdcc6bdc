using System.Globalization;
using System.Net;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>
/// A private Postfix instance: own configuration, queue and port, the queue synced before the 250 as always. What it accepts goes to
/// its <c>discard</c> transport, which is the least work after the accept; limits and look-ups that would slow it down are off.
/// </summary>
internal sealed class PostfixPeer : IPeer
{
    private string? _folder;

    public string Name => "Postfix";

    public string Setup { get; private set; } = "queue file fsynced before the 250, then `discard`; no chroot, no log file, no look-ups, no client limits, `in_flow_delay = 0`";

    public int ProcessId { get; private set; }

    public async Task<IPEndPoint> StartAsync(string folder, CancellationToken cancellationToken)
    {
        await DebianPackage.EnsureAsync("postfix", cancellationToken);
        if (Environment.UserName != "root")
            throw new PeerMissingException("Postfix starts as root only");
        Setup = $"{await DebianPackage.VersionAsync("postfix", cancellationToken)}, {Setup}";
        var port = FreePorts.Take(1)[0];
        await WriteAsync(folder, port, cancellationToken);
        var (exitCode, output) = await Tool.RunAsync("postfix", ["-c", folder, "start"], cancellationToken);
        if (exitCode != 0)
            throw new PeerMissingException($"Postfix did not start: {output.Trim().Split('\n')[^1]}");
        _folder = folder;

        // The master holds a lock on its file, and a FileStream always asks for one.
        var (_, pid) = await Tool.RunAsync("cat", [Path.Combine(folder, "queue/pid/master.pid")], cancellationToken);
        ProcessId = int.Parse(pid.Trim(), CultureInfo.InvariantCulture);
        return new IPEndPoint(IPAddress.Loopback, port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
            await Tool.RunAsync("postfix", ["-c", _folder, "stop"], CancellationToken.None);
    }

    private static async Task WriteAsync(string folder, int port, CancellationToken cancellationToken)
    {
        var queue = Directory.CreateDirectory(Path.Combine(folder, "queue")).FullName;
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        await Tool.RunAsync("chown", ["postfix", data], cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "main.cf"), MainSettings(queue, data), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "master.cf"), Services(port), cancellationToken);
    }

    private static string MainSettings(string queue, string data) => $"""
        compatibility_level = 3.6
        queue_directory = {queue}
        data_directory = {data}
        myhostname = peer.test
        mydestination =
        mynetworks = 127.0.0.0/8
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        alias_maps =
        alias_database =
        local_recipient_maps =
        virtual_mailbox_domains = example.test
        virtual_mailbox_maps = static:accepted
        virtual_transport = discard:
        smtpd_recipient_restrictions = reject_unauth_destination
        smtpd_peername_lookup = no
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        smtpd_client_message_rate_limit = 0
        smtpd_client_recipient_rate_limit = 0
        disable_dns_lookups = yes
        in_flow_delay = 0

        """;

    private static string Services(int port) => $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup    unix n - n 60 1 pickup
        cleanup   unix n - n - 0 cleanup
        qmgr      unix n - n 300 1 qmgr
        rewrite   unix - - n - - trivial-rewrite
        bounce    unix - - n - 0 bounce
        defer     unix - - n - 0 bounce
        trace     unix - - n - 0 bounce
        verify    unix - - n - 1 verify
        flush     unix n - n 1000? 0 flush
        proxymap  unix - - n - - proxymap
        error     unix - - n - - error
        retry     unix - - n - - error
        discard   unix - - n - - discard
        showq     unix n - n - - showq
        anvil     unix - - n - 1 anvil

        """;
}
