using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Encryption;

/// <summary>Mail of encrypted tenants in a partition over a folder, from the submission to the octets that come back.</summary>
public sealed class SealedPartitionTests : IAsyncDisposable
{
    private const string Secret = "The-merger-is-off-5512";
    private static readonly DomainKey Acme = new(PartitionBench.NewIncarnation(), PartitionBench.NewIncarnation(), 1);
    private static readonly DomainKey Plain = new(PartitionBench.NewIncarnation(), PartitionBench.NewIncarnation(), 1);
    private static readonly MailPlace Place = new(HasOwnStore: false, IsSealed: true);

    private readonly TemporaryFolder data = new();
    private readonly TemporaryFolder keyFolder = new();
    private readonly Incarnation mailbox = PartitionBench.NewIncarnation();
    private readonly FileSystemObjectStore store;
    private TenantKeyring keyring;

    public SealedPartitionTests()
    {
        File.WriteAllBytes(Path.Combine(keyFolder.Path, "acme"), Enumerable.Repeat((byte)7, 32).ToArray());
        store = FileSystemObjectStore.Open(data.Path);
        keyring = NewKeyring();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        data.Dispose();
        keyFolder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_sealed_reads_back_whole_from_memory_logs_and_packs(bool packed)
    {
        await keyring.CreateAsync(Acme.Tenant, "file:acme", Cancel);
        var submission = Message(Secret);
        await using (var partition = await OpenAsync())
        {
            await partition.RecordAsync(Acme, submission, Cancel);
            await AssertReadsAsync(partition, submission);
            if (packed)
                await partition.FlushAsync(Cancel);
        }

        await using var reopened = await OpenAsync();
        Assert.Equal(packed, (await AssertReadsAsync(reopened, submission)).Location.Packed is not null);
    }

    [Fact]
    public async Task No_file_of_the_store_ever_holds_what_a_message_says()
    {
        await keyring.CreateAsync(Acme.Tenant, "file:acme", Cancel);
        var target = new PayloadObject(Place, Acme.Tenant, Acme.Domain, Ulid.NewUlid());
        await using (var partition = await OpenAsync())
        {
            await partition.RecordAsync(Acme, Message(Secret), Cancel);
            var large = await WriteObjectAsync(target, Repeated(300_000));
            await partition.RecordAsync(Acme, Message(Secret) with { Id = target.Record, Payload = large }, Cancel);
            await AssertNowhereAsync();
            await partition.FlushAsync(Cancel);
            await AssertNowhereAsync();
            await partition.RecordAsync(Acme, Message(Secret + " again"), Cancel);
        }

        await AssertNowhereAsync();
    }

    [Fact]
    public async Task A_large_payload_reads_back_in_ranges_and_its_copy_for_another_domain_too()
    {
        await keyring.CreateAsync(Acme.Tenant, "file:acme", Cancel);
        var raw = Repeated(300_000);
        var source = new PayloadObject(Place, Acme.Tenant, Acme.Domain, Ulid.NewUlid());
        var copy = source with { Domain = PartitionBench.NewIncarnation(), Record = Ulid.NewUlid() };
        await WriteObjectAsync(source, raw);
        var payloads = new PayloadStore(store, keyring);
        await payloads.CopyAsync(source, raw.Length, copy, Cancel);
        await payloads.DeleteAsync(source, Cancel);

        var location = new PayloadLocation(MailPlace.SharedStore, copy.Path, 0, raw.Length) { SealedFor = new DomainKey(copy.Tenant, copy.Domain, 2), Record = copy.Record };
        Assert.Equal(raw, await ReadAsync(location, 0, raw.Length));
        Assert.Equal(raw[131_000..131_100], await ReadAsync(location, 131_000, 100));
        await Assert.ThrowsAsync<PayloadDamagedException>(() => ReadAsync(location with { Record = source.Record }, 0, 10));
    }

    [Fact]
    public async Task A_tenant_without_its_key_is_never_stored_in_the_clear_and_others_go_on()
    {
        await using var partition = await OpenAsync();

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await partition.RecordAsync(Acme, Message(Secret), Cancel));
        var other = PartitionBench.Message("plain text", mailbox);
        await partition.RecordAsync(Plain, other, Cancel);

        Assert.Single(await PartitionBench.ListAllAsync(partition, mailbox, Plain));
        Assert.Empty(await PartitionBench.ListAllAsync(partition, mailbox, Acme));
        await AssertNowhereAsync();
    }

    [Fact]
    public async Task After_shredding_a_copy_of_the_store_tells_nothing()
    {
        await keyring.CreateAsync(Acme.Tenant, "file:acme", Cancel);
        await using var partition = await OpenAsync();
        await partition.RecordAsync(Acme, Message(Secret), Cancel);
        var message = Assert.Single(await PartitionBench.ListAllAsync(partition, mailbox, Acme));
        await partition.RecordAsync(Plain, PartitionBench.Message("plain text", mailbox), Cancel);

        await keyring.ShredAsync(Acme.Tenant, Cancel);

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => ReadAsync(message.Location, 0, 10));
        keyring = NewKeyring();
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => ReadAsync(message.Location, 0, 10));
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(() => PartitionBench.ListAllAsync(partition, mailbox, Acme));
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await partition.RecordAsync(Acme, Message(Secret), Cancel));
        Assert.Single(await PartitionBench.ListAllAsync(partition, mailbox, Plain));
        await AssertNowhereAsync();
    }

    [Fact]
    public async Task A_retry_after_a_restart_and_a_rotation_is_recognised()
    {
        await keyring.CreateAsync(Acme.Tenant, "file:acme", Cancel);
        var submission = Message(Secret);
        RecordReceipt first;
        await using (var partition = await OpenAsync())
            first = await partition.RecordAsync(Acme, submission, Cancel);
        await keyring.RotateAsync(Acme.Tenant, "file:acme", Cancel);

        await using var reopened = await OpenAsync();
        var again = await reopened.RecordAsync(Acme, submission with { Id = Ulid.NewUlid() }, Cancel);
        var further = await reopened.RecordAsync(
            Acme, submission with { Id = Ulid.NewUlid(), Mailboxes = [.. submission.Mailboxes, PartitionBench.Mailbox(PartitionBench.NewIncarnation(), "carla@acme.test")] }, Cancel);

        Assert.Equal((RecordOutcome.Repeated, first.Id), (again.Outcome, again.Id));
        Assert.Equal(RecordOutcome.Recorded, further.Outcome);
        Assert.Single(await PartitionBench.ListAllAsync(reopened, mailbox, Acme));
    }

    private TenantKeyring NewKeyring() => new(store, new FileKeyEncryptionKeys(keyFolder.Path), TimeProvider.System, new TenantKeyringOptions());

    private Task<IPartition> OpenAsync() =>
        new PartitionFactory(store, PartitionOptions.ForFolder(), TimeProvider.System, NullLoggerFactory.Instance, null, keyring)
            .OpenAsync(new PartitionId(MailPlace.SharedStore, 0), Cancel);

    private MessageSubmission Message(string text)
    {
        var submission = PartitionBench.Message(text, mailbox);
        return submission with { Sealed = true, ReversePath = $"{Secret}@client.test" };
    }

    private async Task<StoredMessage> AssertReadsAsync(IPartition partition, MessageSubmission submission)
    {
        var message = Assert.Single(await PartitionBench.ListAllAsync(partition, mailbox, Acme));
        Assert.Equal(submission.ReversePath, message.ReversePath);
        Assert.Equal(submission.Headers[0].Value.ToArray(), message.Headers[0].Value.ToArray());
        Assert.Equal(1, message.Sequence);
        Assert.Equal(submission.Payload.Inline.ToArray(), await ReadAsync(message.Location, 0, message.Size));
        Assert.Equal(submission.Payload.Inline.ToArray()[5..9], await ReadAsync(message.Location, 5, 4));
        Assert.Equal(message.Id, (await partition.FindAsync(Acme, message.Id, Cancel))!.Id);
        return message;
    }

    private async Task<Payload> WriteObjectAsync(PayloadObject target, byte[] raw)
    {
        await using var writer = await new PayloadStore(store, keyring).CreateAsync(target, Cancel);
        await writer.WriteAsync(raw, Cancel);
        await writer.CommitAsync(Cancel);
        return Message(Secret).Payload with { Size = raw.Length, Inline = default, ObjectPath = writer.Path };
    }

    private async Task<byte[]> ReadAsync(PayloadLocation location, long offset, long length)
    {
        await using var stream = await new PayloadStore(store, keyring).OpenReadAsync(location, offset, length, Cancel);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        return content.ToArray();
    }

    private static byte[] Repeated(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)Secret[i % Secret.Length])];

    private async Task AssertNowhereAsync()
    {
        var files = Directory.GetFiles(data.Path, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "~lock").ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Cancel);
            Assert.True(content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) < 0, $"{file} has the text of a message.");
        }
    }
}
