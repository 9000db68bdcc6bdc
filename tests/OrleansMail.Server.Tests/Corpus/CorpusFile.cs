using System.Security.Cryptography;
using System.Text;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Corpus;

/// <summary>A message of the corpus: one that is kept beside this file, or a large one made from a seed.</summary>
public sealed record CorpusFile(string Name, byte[] Content)
{
    private const int Seed = 20260303;
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "OrleansMail.Server.Tests", "Corpus");

    /// <summary>The envelope sender that suits it: the null path for a bounce (RFC 5321 §4.5.5).</summary>
    public string Sender => Name == "bounce" ? "" : "ada@sender.test";

    /// <summary>The octets that a client which sends lines delivers: a last line without its end gets one.</summary>
    public byte[] AsLines => Content.AsSpan().EndsWith("\r\n"u8) ? Content : [.. Content, .. "\r\n"u8];

    /// <summary>
    /// What is stored of it: as lines, and text that begins with no header field has an empty line in front (docs/protocol.md,
    /// <c>dataLineReceived</c>), so that it does not run into the trace lines.
    /// </summary>
    public byte[] AsStored => LacksHeader ? [.. "\r\n"u8, .. AsLines] : AsLines;

    private bool LacksHeader => Name == "body-without-headers";

    /// <summary>Of what stands below the trace fields, what the client sent: that empty line is ours.</summary>
    public ReadOnlySpan<byte> Received(ReadOnlySpan<byte> stored) => LacksHeader && stored.StartsWith("\r\n"u8) ? stored[2..] : stored;

    /// <summary>Names of all messages, the generated ones too.</summary>
    public static IEnumerable<string> Names() =>
        Directory.GetFiles(Folder, "*.eml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
            .Append("attachment-5-mb").Append("just-above-inline");

    /// <summary>Reads or makes one.</summary>
    public static CorpusFile Load(string name) => name switch
    {
        "attachment-5-mb" => new(name, Generated(5_000_000)),
        "just-above-inline" => new(name, Generated(200_000)), // 274 KB as base64: the first size that is stored as an object of its own
        _ => new(name, File.ReadAllBytes(Path.Combine(Folder, name + ".eml"))),
    };

    /// <summary>A message with a base64 attachment of that many octets, always the same.</summary>
    public static byte[] Generated(int attachmentOctets)
    {
        var attachment = new byte[attachmentOctets];
        new Random(Seed).NextBytes(attachment);
        var text = new StringBuilder()
            .Append("From: ada@sender.test\r\nTo: inbox@corpus.test\r\nSubject: ").Append(attachmentOctets).Append(" octets\r\n")
            .Append("Message-ID: <generated-").Append(attachmentOctets).Append("@sender.test>\r\nMIME-Version: 1.0\r\n")
            .Append("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n")
            .Append(Convert.ToBase64String(attachment, Base64FormattingOptions.InsertLineBreaks)).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>SHA-256 as the API writes it.</summary>
    public static string Sha256(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(SHA256.HashData(octets));
}
