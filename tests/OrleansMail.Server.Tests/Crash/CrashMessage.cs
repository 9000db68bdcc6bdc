using System.Text;
using OrleansMail.Server.Tests.Corpus;

namespace OrleansMail.Server.Tests.Crash;

/// <summary>A message that the load sends, and what is known of it.</summary>
/// <param name="MessageId">With its brackets, unique in the run.</param>
/// <param name="Content">Its octets.</param>
internal sealed record CrashMessage(string MessageId, byte[] Content)
{
    // Mostly small; some are above 256 KiB and so stored as objects of their own.
    private static readonly int[] Sizes = [200, 2_000, 2_000, 2_000, 20_000, 2_000, 200, 300_000];

    /// <summary>SHA-256 as the API writes it.</summary>
    public string Sha256 { get; } = CorpusFile.Sha256(Content);

    /// <summary>The id that the server queued it as; null until a 250 was read.</summary>
    public string? QueuedAs { get; set; }

    /// <summary>Makes one of a size and text that the random source decides.</summary>
    public static CrashMessage Create(string name, Random random)
    {
        var text = new StringBuilder($"From: load@sender.test\r\nSubject: {name}\r\nMessage-ID: <{name}@load.test>\r\n\r\n");
        var size = Sizes[random.Next(Sizes.Length)];
        while (text.Length < size)
            text.Append(random.NextInt64()).Append(random.Next(20) == 0 ? "\r\n." : " ").Append(random.Next(10) == 0 ? "\r\n" : "");
        return new CrashMessage($"<{name}@load.test>", Encoding.ASCII.GetBytes(text.Append("\r\n").ToString()));
    }
}
