using System.Net;
using System.Text.RegularExpressions;
using OrleansMail.Conformance;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A server provisioned as the transcripts ask for, its listeners by their names there, and the copies that each case delivered.</summary>
public partial class ConformanceServer : IAsyncLifetime
{
    protected const string Tenant = "conformance";
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(3);
    private static readonly string[] Mailboxes = ["ok@example.test", "postmaster@example.test"];
    private readonly Dictionary<string, string?> cursors = [];

    public ServerProcess Process { get; private set; } = null!;

    /// <summary>The listeners in the order of the start's lines, the ordinary one first, and their settings.</summary>
    protected virtual IReadOnlyList<(string Name, string[] Settings)> Listeners =>
    [
        ("smtp", []),
        ("lmtp", ["Lmtp=true"]),
        ("withoutTls", ["Tls=None"]),
        ("requireProxyOfOthers", ["RequireProxy=true"]),
    ];

    /// <summary>The networks whose proxies are believed.</summary>
    protected virtual string TrustedProxies => "192.0.2.0/24";

    /// <summary>What authenticates the user of the transcripts.</summary>
    protected string Password { get; set; } = TranscriptCase.Password;

    /// <summary>The ids of the cases that are played to these listeners.</summary>
    public static TheoryData<string> CasesFor(params string[] listeners) =>
        [.. TranscriptCase.LoadFolder().Where(one => listeners.Contains(ListenerOf(one))).Select(one => one.Id)];

    public virtual async ValueTask InitializeAsync()
    {
        Process = await ServerProcess.StartAsync(new ServerSettings
        {
            Arguments =
            [
                "--OrleansMail:Smtp:Postmaster=postmaster@example.test", $"--OrleansMail:Smtp:TrustedProxies={TrustedProxies}",
                .. Listeners.Skip(1).SelectMany((one, i) => one.Settings.Prepend("Address=127.0.0.1:0").Select(setting => $"--OrleansMail:Smtp:Listeners:{i}:{setting}")),
            ],
        });
        await Process.Api.ProvisionAsync(Tenant, "example.test", "ok", "postmaster");
        await Process.Api.PutAliasAsync(Tenant, "example.test", "ok*", "ok@example.test");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Process.DisposeAsync();
    }

    /// <summary>Plays a case to its listener, and checks that it goes as the transcript allows.</summary>
    public async Task PlayAsync(string id)
    {
        var one = TranscriptCase.LoadFolder(password: Password).Single(candidate => candidate.Id == id);
        await RenewMailboxesAsync();
        var index = Listeners.Index().Single(candidate => candidate.Item.Name == ListenerOf(one)).Index;
        var line = ListenerLine().Matches(Process.Output)[index].Groups;
        var played = await TranscriptPlayer.PlayAsync(one, IPEndPoint.Parse(line["address"].Value), TakeCopiesAsync, tls: line["protocol"].Value == "SMTPS");

        Assert.SkipWhen(played.Skipped is not null, $"needs {played.Skipped}, which is not offered");
        Assert.Empty(played.Problems);
    }

    // An ordinary listener would skip a case that needs AUTH.
    private static string ListenerOf(TranscriptCase one) =>
        one.Listener == "smtp" && one.Requires.Any(static need => need.StartsWith("AUTH", StringComparison.Ordinal)) ? "auth" : one.Listener;

    // Gives a case mailboxes of its own. Cases end without QUIT, so their replies count as not seen to arrive, and the same octets of the
    // next case would rightly be taken for a retry.
    private async Task RenewMailboxesAsync()
    {
        cursors.Clear();
        foreach (var mailbox in Mailboxes.Select(address => address.Split('@')[0]))
        {
            await Process.Api.DeleteAsync($"/v1/tenants/{Tenant}/domains/example.test/mailboxes/{mailbox}");
            await Process.Api.PutMailboxAsync(Tenant, "example.test", mailbox);
        }
    }

    // What was stored since the last call, one copy per recipient (a mailbox reached by two recipients stores one message that names both);
    // waits until there are that many.
    private async Task<IReadOnlyList<byte[]>> TakeCopiesAsync(int atLeast)
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

    [GeneratedRegex(@"^\s*(?<protocol>SMTPS?|LMTP)\s+(?<address>\S+)\s", RegexOptions.Multiline)]
    private static partial Regex ListenerLine();
}
