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
    public async Task A_message_sent_with_MailKit_comes_out_as_it_left(string name)
    {
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync("mailkit", file);
        var message = await MimeMessage.LoadAsync(new MemoryStream(file.Content));
        var sender = file.Sender.Length == 0 ? new MailboxAddress("", "") : MailboxAddress.Parse(file.Sender);

        var wire = new WireRecorder();
        using (var client = new SmtpClient(wire))
        {
            await client.ConnectAsync(server.Smtp.Address.ToString(), server.Smtp.Port, SecureSocketOptions.None);
            await client.SendAsync(message, sender, [MailboxAddress.Parse(mailbox)]);
            await client.DisconnectAsync(quit: true);
        }

        var sent = wire.Content();
        await server.VerifyAsync(mailbox, file, sent);
        if (WrittenAsRead.Contains(name))
            Assert.Equal(CorpusFile.Sha256(file.AsLines), CorpusFile.Sha256(sent));
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

        /// <summary>What stood between DATA and the final dot, its dots unstuffed.</summary>
        public byte[] Content()
        {
            var all = written.ToArray().AsSpan();
            var begin = all.IndexOf("DATA\r\n"u8) + 6;
            var data = all[begin..(all[begin..].LastIndexOf("\r\n.\r\n"u8) + begin + 2)];
            var text = System.Text.Encoding.Latin1.GetString(data);
            var lines = text.Split("\r\n").Select(line => line.StartsWith('.') ? line[1..] : line);
            return System.Text.Encoding.Latin1.GetBytes(string.Join("\r\n", lines));
        }
    }
}
