using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using OrleansMail.Server.Tests.Corpus;

namespace OrleansMail.Server.Tests.Clients;

[Collection(nameof(CorpusCollection))]
public sealed class MailKitTests(CorpusServer server)
{
    /// <summary>MailKit refuses to parse text that begins with no header field.</summary>
    public static TheoryData<string> Messages => [.. CorpusFile.Names().Except(["body-without-headers"])];

    /// <summary>MailKit parses and writes a message anew; these it writes as they were, so what went into it can be compared too.</summary>
    private static readonly string[] WrittenAsRead =
        ["attachment-5-mb", "base64-attachment", "bounce", "dots", "encoded-subject", "folded-headers", "multipart-alternative", "plain", "utf8-body"];

    [Theory, MemberData(nameof(Messages))]
    public Task A_message_sent_with_MailKit_comes_out_as_it_left(string name) => SendAsync(name, "mailkit", chunks: false);

    [Theory, MemberData(nameof(Messages))]
    public Task A_message_sent_with_MailKit_in_chunks_comes_out_as_it_left(string name) => SendAsync(name, "mailkit-bdat", chunks: true);

    [Fact]
    public async Task A_binary_message_is_sent_with_BDAT_and_comes_out_as_it_left()
    {
        var attachment = new byte[100_000];
        new Random(7).NextBytes(attachment);
        var message = new MimeMessage(
            [MailboxAddress.Parse("ada@sender.test")],
            [MailboxAddress.Parse("inbox@corpus.test")],
            "binary",
            new MimePart("application", "octet-stream") { Content = new MimeContent(new MemoryStream(attachment)), ContentTransferEncoding = ContentEncoding.Binary });
        var file = new CorpusFile("binary", []);
        var mailbox = await server.NewMailboxAsync("mailkit-binary", file);

        var wire = await SendAsync(message, file.Sender, mailbox, chunks: false);
        var content = await server.ReceiveContentAsync(mailbox, file);

        Assert.Contains(" BODY=BINARYMIME", wire.Text, StringComparison.Ordinal);
        Assert.Equal(CorpusFile.Sha256(wire.Chunk()), CorpusFile.Sha256(content));
        Assert.True(content.AsSpan().EndsWith(attachment));
    }

    private async Task SendAsync(string name, string client, bool chunks)
    {
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync(client, file);
        var message = await MimeMessage.LoadAsync(new MemoryStream(file.Content));
        var wire = await SendAsync(message, file.Sender, mailbox, chunks);
        var sent = chunks || name == "nul-octets" ? wire.Chunk() : wire.Data(); // binary content it sends in chunks by itself
        await server.VerifyAsync(mailbox, file, sent);
        if (WrittenAsRead.Contains(name))
            Assert.Equal(CorpusFile.Sha256(file.AsLines), CorpusFile.Sha256(sent));
    }

    private async Task<WireRecorder> SendAsync(MimeMessage message, string sender, string mailbox, bool chunks)
    {
        var wire = new WireRecorder();
        using var client = chunks ? new ChunkingClient(wire) : new SmtpClient(wire);
        await client.ConnectAsync(server.Smtp.Address.ToString(), server.Smtp.Port, SecureSocketOptions.None);
        await client.SendAsync(message, sender.Length == 0 ? new MailboxAddress("", "") : MailboxAddress.Parse(sender), [MailboxAddress.Parse(mailbox)]);
        await client.DisconnectAsync(quit: true);
        return wire;
    }

    /// <summary>Sends every message with BDAT, which MailKit by itself does with binary ones only.</summary>
    private sealed class ChunkingClient(IProtocolLogger wire) : SmtpClient(wire)
    {
        protected override bool PreferSendAsBinaryData => true;
    }

    /// <summary>Keeps what MailKit writes to the connection.</summary>
    private sealed class WireRecorder : IProtocolLogger
    {
        private readonly MemoryStream written = new();

        public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

        public void LogConnect(Uri uri)
        {
        }

        public void LogClient(byte[] buffer, int offset, int count) => written.Write(buffer, offset, count);

        public void LogServer(byte[] buffer, int offset, int count)
        {
        }

        public void Dispose() => written.Dispose();

        /// <summary>All of it, an octet for each character.</summary>
        public string Text => System.Text.Encoding.Latin1.GetString(written.ToArray());

        /// <summary>What stood between DATA and the final dot, its dots unstuffed.</summary>
        public byte[] Data()
        {
            var all = written.ToArray().AsSpan();
            var begin = all.IndexOf("DATA\r\n"u8) + 6;
            var data = all[begin..(all[begin..].LastIndexOf("\r\n.\r\n"u8) + begin + 2)];
            var text = System.Text.Encoding.Latin1.GetString(data);
            var lines = text.Split("\r\n").Select(line => line.StartsWith('.') ? line[1..] : line);
            return System.Text.Encoding.Latin1.GetBytes(string.Join("\r\n", lines));
        }

        /// <summary>The single chunk behind BDAT.</summary>
        public byte[] Chunk()
        {
            var text = Text;
            var command = text.IndexOf("BDAT ", StringComparison.Ordinal);
            var size = text.IndexOf(" LAST\r\n", command, StringComparison.Ordinal);
            var octets = int.Parse(text.AsSpan(command + 5, size - command - 5), System.Globalization.CultureInfo.InvariantCulture);
            return written.ToArray().AsSpan(size + 7, octets).ToArray();
        }
    }
}
