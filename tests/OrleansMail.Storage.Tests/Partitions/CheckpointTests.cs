using System.Text;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>The value that says where recovery begins.</summary>
public sealed class CheckpointTests
{
    private const string Log = "000001-00000001-0123456789abcdef.log";

    private static readonly Checkpoint Full = Checkpoint.Create() with
    {
        LastRecord = 41, LastBatch = 17, Epoch = 3, Carried = ["0000000041-00000003-00000000000000aa.carry"], Repeats = "00000000000000bb.repeats", ClosedFor = 2,
        Detours = [new Detour(Log, 4096, "000002-00000002-0123456789abcdef.log")], Ended = ["t/01081G81860W40J2GB1G6GW3R2/01081G81860W40J2GB1G6GW3RA/"],
    };

    [Fact]
    public void No_wrong_bit_changes_what_a_checkpoint_says()
    {
        var sound = Full.Encode();
        for (var bit = 0; bit < sound.Length * 8; bit++)
        {
            var wrong = (byte[])sound.Clone();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(sound, Checkpoint.Parse(wrong, "ckpt").Encode()); // the case of a name says nothing
            }
            catch (StoreUnavailableException)
            {
                // It is refused, and --repair makes another.
            }
        }
    }

    [Theory]
    [InlineData("\"format\":1,\"first\":\"" + Log + "\",\"epoch\":1,\"detours\":[]", true)]
    [InlineData("\"format\":2,\"first\":\"" + Log + "\",\"epoch\":1,\"detours\":[],\"lastRecord\":7,\"carried\":[],\"ended\":[],\"isClosed\":false", true)]
    [InlineData("\"format\":3,\"first\":\"" + Log + "\",\"epoch\":1,\"detours\":[]", false)]
    [InlineData("\"format\":4,\"first\":\"" + Log + "\",\"epoch\":1,\"detours\":[]", false)]
    public void Older_formats_are_read_and_one_without_its_checksum_or_of_a_later_format_is_refused(string fields, bool isRead)
    {
        var value = Encoding.UTF8.GetBytes('{' + fields + '}');

        if (isRead)
            Assert.Equal(Checkpoint.CurrentFormat, Checkpoint.Parse(value, "ckpt").Format);
        else
            Assert.Throws<StoreUnavailableException>(() => Checkpoint.Parse(value, "ckpt"));
    }
}
