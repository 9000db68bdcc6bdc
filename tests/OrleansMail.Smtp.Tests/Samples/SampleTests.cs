using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Samples;

/// <summary>What the package's README promises, played.</summary>
public sealed partial class SampleTests
{
    private static readonly byte[] Message = "From: c@d.test\r\nSubject: Hello\r\n\r\n.It works.\r\n"u8.ToArray();

    [Fact]
    public async Task The_server_over_kestrel_keeps_each_message_as_a_file()
    {
        await using var sample = await SampleProcess.StartAsync("FolderServer", static port => $"--port={port}");
        string id;
        using (var client = await SmtpTalk.ConnectAsync(sample.EndPoint))
            id = await client.DeliverAsync("c@d.test", "me@example.org", Message);

        var file = Assert.Single(Directory.GetFiles(Path.Combine(sample.Folder, "mail")));
        Assert.Equal($"{id}.eml", Path.GetFileName(file));
        var content = await File.ReadAllTextAsync(file);
        Assert.StartsWith("Return-Path: <c@d.test>\r\nReceived: from client.example ([127.0.0.1])\r\n\tby mx.example.org with ESMTP id ", content);
        Assert.EndsWith("+0000\r\n" + Text.Of(Message), content);
        Assert.Equal(0, (await sample.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task A_message_to_the_server_over_kestrel_that_is_cut_off_leaves_no_eml_file()
    {
        await using var sample = await SampleProcess.StartAsync("FolderServer", static port => $"--port={port}");
        using (var client = await SmtpTalk.ConnectAsync(sample.EndPoint))
        {
            await client.BeginMessageAsync("c@d.test", "me@example.org");
            await client.SendAsync("Subject: half"u8.ToArray());
            client.Abort();
        }

        using (var client = await SmtpTalk.ConnectAsync(sample.EndPoint))
            await client.DeliverAsync("c@d.test", "me@example.org", Message);
        Assert.Single(Directory.GetFiles(Path.Combine(sample.Folder, "mail"), "*.eml"));
    }

    [Fact]
    public async Task The_server_over_streams_prints_mail_for_its_domain_and_refuses_the_rest()
    {
        await using var sample = await SampleProcess.StartAsync("StreamServer", static port => $"{port}");
        using (var client = await SmtpTalk.ConnectAsync(sample.EndPoint))
        {
            await client.SayAsync("MAIL FROM:<c@d.test>", "250");
            await client.SayAsync("RCPT TO:<me@elsewhere.test>", "550 5.7.1 We do not relay");
            await client.SayAsync("RSET", "250");
            await client.DeliverAsync("c@d.test", "me@example.org", Message);
            await client.SayAsync("QUIT", "221");
        }

        Assert.Contains("Subject: Hello\r\n\r\n.It works.\r\n", (await sample.StopAsync()).Output);
    }

    [Theory, InlineData(0, "FolderServer"), InlineData(1, "StreamServer")]
    public void The_code_in_the_readme_is_that_of_the_sample(int block, string sample)
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "OrleansMail.Smtp", "README.md"));
        var code = File.ReadAllText(Path.Combine(Repository.Root, "samples", sample, "Program.cs"));

        Assert.Equal(code, CodeBlocks().Matches(readme)[block].Groups[1].Value);
    }

    [Fact]
    public void The_server_in_15_lines_has_no_more() =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "samples", "FolderServer", "Program.cs")).Count(), 1, 15);

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();
}
