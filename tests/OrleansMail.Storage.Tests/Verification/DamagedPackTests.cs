using CsCheck;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Verification;

/// <summary>Packs of which stretches are lost, of a tenant with a key of its own and of one without.</summary>
public sealed class DamagedPackTests
{
    /// <summary>A sector of entries, all of them, and with them the ids; also of a pack whose payloads are compressed.</summary>
    [Theory]
    [InlineData(true, 512, false)]
    [InlineData(false, 512, false)]
    [InlineData(true, 100_000, false)]
    [InlineData(false, 100_000, false)]
    [InlineData(false, 100_000, true)]
    public async Task Records_whose_entries_are_lost_are_found_again(bool isSealed, int octets, bool withIds)
    {
        var store = await VerifiedStore.CreateAsync(isSealed: isSealed);
        var served = await store.Copy().ServeAsync();
        for (var round = 0; round < 2; round++) // what the first writes is compressed
        {
            var path = store.Pack(await store.HeadAsync());
            Wipe(store, path, octets, withIds);
            Assert.Contains((await store.VerifyAsync()).Mismatches, static m => m.Kind == "entry");

            var repair = await RepairAsync(store);

            Assert.Empty(repair.After.Mismatches);
            Assert.DoesNotContain(repair.Steps, static s => s.Detail.Contains("lost", StringComparison.Ordinal));
            var again = await store.Copy().ServeAsync();
            Assert.Empty(served.Except(again));
            Assert.True(withIds || served.Count == again.Count, "What was deleted is there again.");
        }
    }

    /// <summary>Any stretch in front of the trailer, of up to three sectors.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stretch_that_is_lost_costs_no_record_that_is_whole(bool isSealed)
    {
        var sound = await VerifiedStore.CreateAsync(isSealed: isSealed);
        var served = await sound.Copy().ServeAsync();
        var path = sound.Pack(await sound.HeadAsync());
        var length = sound.Store.Read(path).Length - PackTrailer.Size;
        await Gen.Select(Gen.Int[8, length - 1], Gen.Int[1, 1536], Gen.Byte).SampleAsync(
            async (from, count, value) =>
            {
                var store = sound.Copy();
                var to = Math.Min(from + count, length);
                store.Store.Overwrite(path, [.. sound.Store.Read(path).Select((octet, at) => at >= from && at < to ? value : octet)]);
                var repair = await RepairAsync(store);
                var whole = Whole(sound.Store.Read(path), path, from, to);
                return repair.After.IsSound && !served.Except(await store.ServeAsync()).Any(m => whole.Contains(m[..m.LastIndexOf(' ')]));
            },
            iter: Repository.LongTests ? 2000 : 50,
            threads: 1);
    }

    // What of the pack is listed as "domain mailbox sequence", and neither its metadata nor its payload are in the stretch.
    private static HashSet<string> Whole(byte[] pack, string path, int from, int to)
    {
        var trailer = PackTrailer.Read(pack.AsSpan(^PackTrailer.Size..), pack.Length, path);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0u; i < trailer.Mailboxes; i++)
        {
            var mailbox = PackMailbox.Read(pack.AsSpan((int)trailer.DirectoryAt + ((int)i * PackMailbox.RowSize), PackMailbox.RowSize), i, trailer.Nonce);
            for (var index = mailbox.First; index < mailbox.First + mailbox.Count; index++)
            {
                var entry = PackEntry.Read(pack.AsSpan((int)trailer.EntriesAt + ((int)index * PackEntry.RowSize), PackEntry.RowSize), index, trailer.Nonce);
                if (!IsIn(entry.MetadataOffset, entry.MetadataLength) && (entry.IsObject || !IsIn(entry.PayloadOffset, entry.StoredLength)))
                    whole.Add($"{trailer.DomainNumber} {mailbox.Mailbox} {entry.Sequence}");
            }
        }

        return whole;

        bool IsIn(long at, int length) => at < to && at + length > from;
    }

    private static void Wipe(VerifiedStore store, string path, int octets, bool withIds)
    {
        var content = store.Store.Read(path);
        var trailer = PackTrailer.Read(content.AsSpan(^PackTrailer.Size..), content.Length, path);
        var from = (int)trailer.EntriesAt;
        content.AsSpan(from..Math.Min(from + octets, (int)(withIds ? trailer.SparseAt : trailer.IdsAt))).Fill(0x5A);
        store.Store.Overwrite(path, content);
    }

    private static Task<RepairReport> RepairAsync(VerifiedStore store) => new StoreRepairer(store.Store, TimeProvider.System).RepairAsync(CancellationToken.None);
}
