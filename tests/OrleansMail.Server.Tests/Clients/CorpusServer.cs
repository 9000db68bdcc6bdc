using System.Net;
using System.Text;
using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

/// <summary>One server for all clients, and the comparison of what went in with what comes out.</summary>
public sealed class CorpusServer : IAsyncLifetime
{
    private const string Tenant = "corpus";
    private const string Domain = "corpus.test";
    private ServerProcess server = null!;

    public IPEndPoint Smtp => server.Smtp;

    public async ValueTask InitializeAsync()
    {
        server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync(Tenant, Domain);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>Makes a mailbox of its own for one delivery.</summary>
    public async Task<string> NewMailboxAsync(string client, CorpusFile file)
    {
        var name = $"{client}-{file.Name}";
        await server.Api.PutMailboxAsync(Tenant, Domain, name);
        return $"{name}@{Domain}";
    }

    /// <summary>The single message of a mailbox, its digests and trace lines checked.</summary>
    public async Task<byte[]> ReceiveContentAsync(string mailbox, CorpusFile file)
    {
        var item = Assert.Single((await server.Api.WaitAsync(Tenant, mailbox)).Items);
        var raw = await server.Api.RawAsync(Tenant, item.Id);
        var message = RawMessage.Parse(raw);

        Assert.Equal(["Return-Path", "Authentication-Results", "Received"], message.Trace.Select(field => field.Name));
        Assert.Equal($"<{file.Sender}>", message.Trace[0].Value);
        Assert.Equal($"{ServerSettings.HostName}; none", message.Trace[1].Value);
        Assert.Contains($"by {ServerSettings.HostName}", message.Trace[2].Value, StringComparison.Ordinal);
        Assert.Contains($"for <{mailbox}>", message.Trace[2].Value, StringComparison.Ordinal);
        Assert.Equal(file.Sender, item.Envelope.From ?? "");
        Assert.Equal(raw.Length, item.Size);
        Assert.Equal(CorpusFile.Sha256(raw), item.Sha256);
        Assert.Equal(CorpusFile.Sha256(file.Received(message.Content)), item.ContentSha256);
        await CheckRangesAsync(item.Id, raw);
        return message.Content;
    }

    /// <summary>Checks that the mailbox holds exactly what was sent, octet for octet.</summary>
    public async Task VerifyAsync(string mailbox, CorpusFile file, byte[] expected)
    {
        var content = await ReceiveContentAsync(mailbox, file);
        Assert.True(expected.AsSpan().SequenceEqual(content), Difference(expected, content));
    }

    /// <summary>How many messages a mailbox has, each listed once.</summary>
    public async Task<int> CountAsync(string mailbox)
    {
        var items = await server.Api.ListAsync(Tenant, mailbox);
        Assert.Distinct(items.Select(item => item.Id));
        return items.Count;
    }

    private static string Difference(byte[] expected, byte[] actual)
    {
        var at = expected.AsSpan().CommonPrefixLength(actual);
        return $"{expected.Length} octets were sent, {actual.Length} came out; they differ at {at}: "
            + $"'{Excerpt(expected, at)}' became '{Excerpt(actual, at)}'.";
    }

    private static string Excerpt(byte[] octets, int at) =>
        Uri.EscapeDataString(Encoding.Latin1.GetString(octets, at, Math.Min(24, octets.Length - at)));

    private async Task CheckRangesAsync(string id, byte[] raw)
    {
        var middle = raw.Length / 2;
        Assert.Equal(raw[..1], await server.Api.RawRangeAsync(Tenant, id, 0, 0));
        Assert.Equal(raw[middle..], await server.Api.RawRangeAsync(Tenant, id, middle, raw.Length - 1));
    }
}

/// <summary>The clients take turns with one server.</summary>
[CollectionDefinition(nameof(CorpusCollection))]
public sealed class CorpusCollection : ICollectionFixture<CorpusServer>;
