using System.Text;
using System.Text.Json;
using CsCheck;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Messages;

namespace OrleansMail.Server.Tests.Api;

public sealed class MessageViewTests
{
    private static readonly TenantId Tenant = TenantId.Parse("demo");

    [Theory]
    [InlineData(" plain", "plain")]
    [InlineData(" folded\r\n over lines", "folded over lines")]
    [InlineData(" =?iso-8859-1?q?Gr=FC=DFe?=", "Grüße")]
    [InlineData(" =?utf-8?b?R3LDvMOfZQ==?=\r\n =?utf-8?q?_Anna?=", "Grüße Anna")]
    [InlineData(" =?utf-8?q?broken", "=?utf-8?q?broken")]
    [InlineData(" =?no-such-charset?q?a?=", null)]
    [InlineData(" =?utf-8?q?a=0D=0ABcc:_x=00?=", "a  Bcc: x")]
    [InlineData(" tab\tand\u0007bell", "tab andbell")]
    [InlineData("", "")]
    public void A_subject_is_decoded_to_one_line(string value, string? shown)
    {
        var subject = Headers((HeaderName.Subject, value)).Show().Subject;
        Assert.NotNull(subject);
        Assert.Equal(shown ?? subject, subject);
    }

    [Theory]
    [InlineData(" Anna <anna@example.org>", "Anna <anna@example.org>")]
    [InlineData(" =?utf-8?q?Gr=C3=BC=C3=9Fe?= <a@x.org>, b@x.org", "Grüße <a@x.org>, b@x.org")]
    [InlineData(" =?utf-8?q?boss=40x.org=3E=2C?= <evil@y.org>", "\"boss@x.org>,\" <evil@y.org>")]
    [InlineData(" not an address", "not an address")]
    public void Addresses_are_decoded_without_becoming_other_addresses(string value, string shown) =>
        Assert.Equal(shown, Headers((HeaderName.From, value)).Show().From);

    [Fact]
    public void Eight_bit_text_without_a_charset_is_read_as_what_it_can_be()
    {
        var headers = new KeptHeaders([new(HeaderName.Subject, Encoding.UTF8.GetBytes(" Grüße")), new(HeaderName.From, new byte[] { 0xFF, 0xFE, 0x80 })]);
        Assert.Equal("Grüße", headers.Show().Subject);
        Assert.NotNull(headers.Show().From);
    }

    [Theory]
    [InlineData(" Sat, 14 Mar 2026 09:26:53 +0100", "2026-03-14T09:26:53+01:00")]
    [InlineData(" yesterday", null)]
    public void A_date_is_shown_as_a_time_or_not_at_all(string value, string? shown) =>
        Assert.Equal(shown, Headers((HeaderName.Date, value)).Show().Date?.ToString("yyyy-MM-ddTHH:mm:sszzz"));

    [Fact]
    public void Whatever_a_header_holds_the_answer_is_valid_JSON() =>
        Gen.Select(Gen.Byte.Array[0, 200], OneOf("", " =?utf-7?q?", " =?utf-16?b?", "=?x?b?", "\"", "a:(((((((", "<")).Sample((octets, start) =>
        {
            HeaderField[] fields = [.. Enum.GetValues<HeaderName>().Select(n => new HeaderField(n, (byte[])[.. Encoding.ASCII.GetBytes(start), .. octets]))];
            var message = new StoredMessage(
                new MessageId(Ulid.MinValue, 1, 0), 1, default, "", new RecordedMailbox(default, "x", []), new SessionFacts("", null, "SMTP", null),
                fields, default, 0, 0, new byte[32], new byte[32], new PayloadLocation("", "", 0, 0));
            var json = JsonSerializer.SerializeToUtf8Bytes(MessageView.Show(Tenant, "x@y", message), JsonSerializerOptions.Web);
            using var document = JsonDocument.Parse(json);
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(json);
        });

    [Theory]
    [InlineData("a@b", null, null, MessageClass.Person)]
    [InlineData("", null, null, MessageClass.Bounce)]
    [InlineData("a@b", HeaderName.AutoSubmitted, " no", MessageClass.Person)]
    [InlineData("", HeaderName.AutoSubmitted, " auto-replied; owner=x", MessageClass.Auto)]
    [InlineData("a@b", HeaderName.Precedence, " bulk", MessageClass.Auto)]
    [InlineData("a@b", HeaderName.Precedence, " List", MessageClass.List)]
    [InlineData("a@b", HeaderName.ListId, " <l.example.org>", MessageClass.List)]
    [InlineData("a@b", HeaderName.ContentType, " multipart/report; report-type=delivery-status; boundary=x", MessageClass.Bounce)]
    [InlineData("a@b", HeaderName.ContentType, " multipart/report;\r\n report-type=\"feedback-report\"", MessageClass.Report)]
    [InlineData("a@b", HeaderName.ContentType, " text/plain", MessageClass.Person)]
    internal void The_class_follows_from_sender_and_header(string sender, HeaderName? name, string? value, MessageClass expected) =>
        Assert.Equal(expected, MessageClassifier.Classify(sender, name is { } n ? Headers((n, value!)) : Headers()));

    [Fact]
    public void Replies_belong_to_the_thread_of_the_first_message_in_one_tenant_only()
    {
        var first = Thread(Tenant, Headers((HeaderName.MessageId, " <1@x>")));
        Assert.Equal(first, Thread(Tenant, Headers((HeaderName.MessageId, " <2@x>"), (HeaderName.InReplyTo, " <1@x>"))));
        Assert.Equal(first, Thread(Tenant, Headers((HeaderName.MessageId, " <3@x>"), (HeaderName.InReplyTo, " <2@x>"), (HeaderName.References, " <1@x>\r\n <2@x>"))));
        Assert.NotEqual(first, Thread(TenantId.Parse("other"), Headers((HeaderName.MessageId, " <1@x>"))));
        Assert.NotEqual(Thread(Tenant, Headers()), Thread(Tenant, Headers(), Ulid.NewUlid()));
    }

    [Fact]
    public async Task A_header_line_without_an_end_is_not_kept_in_memory()
    {
        var before = GC.GetTotalAllocatedBytes();
        Assert.Empty(await AttachmentReader.ReadAsync(new Endless(512L * 1024 * 1024), default));
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 * 1024 * 1024);
    }

    [Fact]
    public async Task More_attachments_than_the_bound_are_not_listed()
    {
        var message = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (var i = 0; i < 3000; i++)
            message.Append("--b\r\nContent-Type: image/png\r\n\r\nx\r\n");
        Assert.Equal(1000, (await AttachmentReader.ReadAsync(new MemoryStream(Encoding.ASCII.GetBytes(message.ToString())), default)).Count);
    }

    [Fact]
    public Task Whatever_a_message_holds_its_attachments_can_be_listed() =>
        OneOf("--b\r\n", "--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n", "\r\n", "Content-Type: message/rfc822\r\n", "Content-Transfer-Encoding: base64\r\n", "=\r\n", "\n", "\0x", "Content-Disposition: attachment; filename*=utf-8''%ff\r\n")
            .Array[0, 40]
            .SampleAsync(async parts => await AttachmentReader.ReadAsync(new MemoryStream(Encoding.Latin1.GetBytes(string.Concat(parts))), default));

    private static KeptHeaders Headers(params (HeaderName Name, string Value)[] fields) =>
        new([.. fields.Select(f => new HeaderField(f.Name, Encoding.Latin1.GetBytes(f.Value)))]);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Thread(TenantId tenant, KeptHeaders headers, Ulid record = default) => ThreadIds.Of(tenant, new MessageId(record, 1, 0), headers);

    private sealed class Endless(long length) : MemoryStream
    {
        private long left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(left, buffer.Length);
            left -= count;
            buffer.Span[..count].Fill((byte)'x');
            return new(count);
        }
    }
}
