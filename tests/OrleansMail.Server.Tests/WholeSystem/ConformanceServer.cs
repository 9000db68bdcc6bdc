using System.Net;
using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A server provisioned as the transcripts ask for, and the copies that each case delivered.</summary>
public partial class ConformanceServer : IAsyncLifetime
{
    private const string Tenant = "conformance";
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(3);
    private static readonly string[] Mailboxes = ["ok@example.test", "postmaster@example.test"];
    private readonly Dictionary<string, string?> cursors = [];

    public ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Process = await ServerProcess.StartAsync(new ServerSettings { Arguments = ["--OrleansMail:Smtp:Postmaster=postmaster@example.test", .. Listeners] });
        await Process.Api.ProvisionAsync(Tenant, "example.test", "ok", "postmaster");
        await Process.Api.PutAliasAsync(Tenant, "example.test", "ok*", "ok@example.test");
    }

    /// <summary>The settings of the listeners beside the ordinary one.</summary>
    protected virtual IEnumerable<string> Listeners =>
    [
        "--OrleansMail:Smtp:Listeners:0:Address=127.0.0.1:0", "--OrleansMail:Smtp:Listeners:0:Lmtp=true",
        "--OrleansMail:Smtp:Listeners:1:Address=127.0.0.1:0", "--OrleansMail:Smtp:Listeners:1:Auth=true",
    ];

    /// <summary>Where a kind of listener listens.</summary>
    public IPEndPoint Listener(string kind) => IPEndPoint.Parse(ListenerLine().Matches(Process.Output)[IndexOf(kind)].Groups[1].Value);

    /// <summary>Which listener in the order of the start's lines a kind is.</summary>
    protected virtual int IndexOf(string kind) => kind switch
    {
        "lmtp" => 1,
        "authPlaintext" => 2,
        _ => 0,
    };

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Process.DisposeAsync();
    }

    /// <summary>
    /// Gives a case mailboxes of its own. Cases end without QUIT, so their replies count as not seen to arrive, and the same octets of the
    /// next case would rightly be taken for a retry.
    /// </summary>
    public async Task RenewMailboxesAsync()
    {
        cursors.Clear();
        foreach (var mailbox in Mailboxes.Select(address => address.Split('@')[0]))
        {
            await Process.Api.DeleteAsync($"/v1/tenants/{Tenant}/domains/example.test/mailboxes/{mailbox}");
            await Process.Api.PutMailboxAsync(Tenant, "example.test", mailbox);
        }
    }

    /// <summary>
    /// Takes what was stored since the last call, one copy per recipient (a mailbox reached by two recipients stores one message that names
    /// both), and waits until there are that many.
    /// </summary>
    public async Task<IReadOnlyList<byte[]>> TakeCopiesAsync(int atLeast)
    {
        var copies = new List<byte[]>();
        using var timeout = new CancellationTokenSource(AtMost);
        do
        {
            foreach (var mailbox in Mailboxes)
                await TakeAsync(mailbox, copies);
        }
        while (copies.Count < atLeast && !timeout.IsCancellationRequested);
        return copies;
    }

    [GeneratedRegex(@"^\s*[SL]MTP\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex ListenerLine();

    private async Task TakeAsync(string mailbox, List<byte[]> copies)
    {
        var page = await Process.Api.PageAsync(Tenant, mailbox, cursors.GetValueOrDefault(mailbox));
        cursors[mailbox] = page.Cursor;
        foreach (var item in page.Items)
        {
            var raw = await Process.Api.RawAsync(Tenant, item.Id);
            copies.AddRange(item.Envelope.To.Select(_ => raw));
        }
    }
}
