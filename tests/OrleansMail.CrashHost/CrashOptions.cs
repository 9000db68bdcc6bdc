using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.CrashHost;

/// <summary>What the process that is killed and the test that looks at the folder afterwards agree on.</summary>
internal static class CrashOptions
{
    /// <summary>The one mailbox of each domain.</summary>
    public static Incarnation Mailbox { get; } = Fixed(1);

    /// <summary>Two domains with much mail, and some that share the rest.</summary>
    public static IReadOnlyList<DomainKey> Domains { get; } = [.. new[] { 10, 11, 10, 11, 10, 12, 13, 14 }.Select(n => new DomainKey(Fixed(2), Fixed((byte)n), n))];

    /// <summary>Small logs and packs, files that go at once.</summary>
    public static PartitionOptions Create() => new()
    {
        MaxLogAppends = 40, FewDomains = 1, FlushBytes = 4000, MaxCarriedFiles = 2, MaxPackBytes = 20_000, Grace = TimeSpan.Zero, UpkeepInterval = TimeSpan.FromMilliseconds(50),
    };

    private static Incarnation Fixed(byte number) => new(new Ulid([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, number]));
}
