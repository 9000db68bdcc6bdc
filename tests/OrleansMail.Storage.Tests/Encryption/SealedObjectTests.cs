using CsCheck;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Encryption;

public sealed class SealedObjectTests
{
    private const string Path = "t/x/obj/1";
    private const int Chunk = SealedObjectFormat.ChunkSize;
    private static readonly byte[] Associated = [1, 2];
    private static readonly Gen<int> Lengths = Gen.OneOf(Gen.Int[0, 3 * Chunk], Gen.Int[-1, 1].Select(Gen.Int[1, 2], (near, chunks) => (chunks * Chunk) + near));

    [Fact]
    public async Task Any_range_of_an_object_reads_as_it_was_written() =>
        await Gen.Select(Lengths, Gen.Int[0, 3 * Chunk], Gen.Int[0, 3 * Chunk], Gen.Int[1, 100_000]).SampleAsync(
            async (length, offset, count, step) =>
            {
                var (store, content, octets) = await WriteAsync(length, step);
                Assert.Equal(SealedObjectFormat.SealedLength(length), octets.Length);
                Assert.Equal(length, SealedObjectFormat.PlainLength(octets.Length));
                Assert.Equal(content.Skip(offset).Take(count), await ReadAsync(store, length, offset, count));
            },
            iter: 60);

    [Fact]
    public async Task Any_changed_bit_or_truncation_is_noticed() =>
        await Gen.Select(Lengths, Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 8]).SampleAsync(
            async (length, at, bit) =>
            {
                var (store, _, octets) = await WriteAsync(length, Chunk);
                at %= octets.Length;
                if (bit == 8)
                    octets = octets[..at];
                else
                    octets[at] ^= (byte)(1 << bit);
                store.Overwrite(Path, octets);
                var exception = await Record.ExceptionAsync(() => ReadAsync(store, length, 0, length == 0 ? 1 : length));
                if (length > 0 || at < SealedObjectFormat.HeaderSize - 24)
                    Assert.True(exception is PayloadDamagedException or TenantKeyUnavailableException, $"{exception}");
            },
            iter: 100);

    [Fact]
    public async Task Chunks_that_changed_places_are_noticed()
    {
        var (store, _, octets) = await WriteAsync(3 * Chunk, Chunk);
        var first = octets.AsSpan(SealedObjectFormat.HeaderSize, SealedObjectFormat.SealedChunkSize).ToArray();
        octets.AsSpan(SealedObjectFormat.HeaderSize + first.Length, first.Length).CopyTo(octets.AsSpan(SealedObjectFormat.HeaderSize));
        first.CopyTo(octets.AsSpan(SealedObjectFormat.HeaderSize + first.Length));
        store.Overwrite(Path, octets);

        await Assert.ThrowsAsync<PayloadDamagedException>(() => ReadAsync(store, 3 * Chunk, 0, 1));
    }

    [Fact]
    public async Task An_object_cut_at_a_chunk_is_noticed_even_when_the_length_is_taken_from_it()
    {
        var (store, _, octets) = await WriteAsync(2 * Chunk, Chunk);
        var cut = octets[..(SealedObjectFormat.HeaderSize + SealedObjectFormat.SealedChunkSize)];
        store.Overwrite(Path, cut);

        var length = SealedObjectFormat.PlainLength(cut.Length);

        await Assert.ThrowsAsync<PayloadDamagedException>(() => ReadAsync(store, length, 0, 1));
    }

    [Fact]
    public async Task An_object_of_format_1_opens_for_ever()
    {
        var path = Golden.PathOf("Data/object-1.sealed");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllBytes(path, (await WriteAsync(Chunk + 5, 1000)).Octets);
        var store = new MemoryObjectStore();
        store.Overwrite(Path, File.ReadAllBytes(path));

        Assert.Equal(ContentOf(Chunk + 5), await ReadAsync(store, Chunk + 5, 0, Chunk + 5));
    }

    private static byte[] ContentOf(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7 % 251))];

    private static async Task<(MemoryObjectStore Store, byte[] Content, byte[] Octets)> WriteAsync(int length, int step)
    {
        var store = new MemoryObjectStore();
        var content = ContentOf(length);
        using var keys = Keys.Of(7, 8);
        await using (var writer = new SealedObjectWriter(await store.CreateObjectAsync(Path, CancellationToken.None), keys, Associated))
        {
            foreach (var part in content.Chunk(step))
                await writer.WriteAsync(part, CancellationToken.None);
            await writer.CommitAsync(CancellationToken.None);
        }

        await using var stream = await store.OpenReadAsync(Path, 0, SealedObjectFormat.SealedLength(length), CancellationToken.None);
        return (store, content, await AllAsync(stream));
    }

    private static async Task<byte[]> ReadAsync(MemoryObjectStore store, long plainLength, long offset, long length)
    {
        using var keys = Keys.Of(7, 8);
        await using var stream = await SealedObjectStream.OpenAsync(store, Path, plainLength, offset, length, keys, Associated, CancellationToken.None);
        return await AllAsync(stream);
    }

    private static async Task<byte[]> AllAsync(Stream stream)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }
}
