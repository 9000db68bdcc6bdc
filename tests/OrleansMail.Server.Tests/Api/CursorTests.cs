using CsCheck;
using OrleansMail.Server.Api;
using OrleansMail.Server.Api.Lists;

namespace OrleansMail.Server.Tests.Api;

public sealed class CursorTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ";
    private static readonly CursorCodec Codec = new(new FixedKey(1));

    [Fact]
    public void A_cursor_leads_back_to_its_position() => Gen.Select(Gen.Byte.Array[0, 300], Gen.String[Gen.Char.AlphaNumeric, 0, 20]).Sample((position, purpose) =>
        Codec.TryDecode(purpose, Codec.Encode(purpose, position), out var read) && read.AsSpan().SequenceEqual(position));

    [Fact]
    public void A_cursor_with_any_character_changed_is_refused() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 1000], Gen.Int[0, Alphabet.Length - 1].Select(i => Alphabet[i])).Sample((position, at, character) =>
        {
            var cursor = Codec.Encode("list", position).ToCharArray();
            at %= cursor.Length;
            if (cursor[at] == character)
                return true;
            cursor[at] = character;
            return !Codec.TryDecode("list", new string(cursor), out _);
        });

    [Fact]
    public void A_cursor_that_is_cut_or_continued_is_refused()
    {
        var cursor = Codec.Encode("list", [1, 2, 3]);
        for (var length = 0; length < cursor.Length; length++)
            Assert.False(Codec.TryDecode("list", cursor[..length], out _));
        Assert.False(Codec.TryDecode("list", cursor + "A", out _));
        Assert.False(Codec.TryDecode("list", cursor + "=", out _));
        Assert.False(Codec.TryDecode("list", " " + cursor, out _));
    }

    [Fact]
    public void A_cursor_of_another_list_or_another_key_is_refused()
    {
        var cursor = Codec.Encode("list", [1, 2, 3]);
        Assert.False(Codec.TryDecode("lists", cursor, out _));
        Assert.False(new CursorCodec(new FixedKey(2)).TryDecode("list", cursor, out _));
        Assert.False(Codec.TryDecode("list", new string('A', 100_000), out _));
    }

    private sealed class FixedKey(byte value) : ICursorKey
    {
        public ReadOnlyMemory<byte> Key { get; } = Enumerable.Repeat(value, 32).ToArray();
    }
}
