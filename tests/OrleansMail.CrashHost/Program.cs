using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.CrashHost;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Partitions;

// A process that records and deletes mail in a folder until it reaches a step of demultiplexing or compaction for the n-th time, and is killed there.
// It prints a line each: "+id" is recorded, "?id" is to be deleted, "-id" is deleted.
var (folder, step, left) = (args[0], Enum.Parse<MaintenanceStep>(args[1]), int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture));
await using var store = FileSystemObjectStore.Open(folder);
var options = CrashOptions.Create();
options.Stepped = reached =>
{
    if (reached == step && Interlocked.Decrement(ref left) == 0)
        Process.GetCurrentProcess().Kill(); // SIGKILL
};
using var partitions = new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance);
var partition = await partitions.OpenAsync(new PartitionId("default", 0), CancellationToken.None);
var old = new Queue<MessageId>();
for (var number = 0; number < 20_000; number++)
{
    var domain = CrashOptions.Domains[number % CrashOptions.Domains.Count];
    var receipt = await partition.RecordAsync(domain, Message(number), CancellationToken.None);
    Console.WriteLine($"+{receipt.Id}");
    if (domain == CrashOptions.Domains[0])
        old.Enqueue(receipt.Id);
    if (number % 3 == 0 && old.Count > (number % 2 == 0 ? 60 : 1))
        await DeleteAsync(old.Dequeue());
    if (number % 50 == 49)
        await partition.MaintainAsync(CrashOptions.Domains[0], RetentionPolicy.Keep, CancellationToken.None);
}

return 3; // the step was not reached

async Task DeleteAsync(MessageId id)
{
    Console.WriteLine($"?{id}");
    await partition.DeleteAsync(CrashOptions.Domains[0], id, CancellationToken.None);
    Console.WriteLine($"-{id}");
}

static MessageSubmission Message(int number)
{
    var raw = Encoding.UTF8.GetBytes($"Received: from test\r\nmessage {number}\r\n");
    var hash = SHA256.HashData(raw);
    var payload = new Payload(raw.Length, 21, hash, hash, hash, raw, null);
    var mailbox = new RecordedMailbox(CrashOptions.Mailbox, "user", [new EnvelopeRecipient("user@demo.test", "user@demo.test", null)]);
    return new MessageSubmission(Ulid.NewUlid(), DateTimeOffset.UtcNow, "", [mailbox], new SessionFacts("client.test", null, "ESMTP", null), [], MessageFlags.None, payload, []);
}
