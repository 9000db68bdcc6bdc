using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Hosting;

/// <summary>The real process, from its start to its end.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task The_lines_to_paste_send_list_and_read_a_message()
    {
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Development = true });
        await server.WaitForOutputAsync("Ctrl+C ends.");
        var printed = server.Output.Split('\n');
        Assert.InRange(printed.Length, 1, 16);
        var lines = printed.Where(l => l.StartsWith("  printf", StringComparison.Ordinal) || l.StartsWith("  curl", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, lines.Length);

        Assert.Equal("", await BashAsync(lines[0]));
        Assert.Contains("\"subject\":\"Hello\"", await BashAsync(lines[1]), StringComparison.Ordinal);
        Assert.Contains("\r\nIt works.\r\n", await BashAsync(lines[2]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_server_ends_with_code_0_says_what_it_did_and_finds_its_mail_again()
    {
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Development = true });
        await server.WaitForOutputAsync("Ctrl+C ends.");
        var lines = server.Output.Split('\n');
        await BashAsync(lines.Single(l => l.StartsWith("  printf", StringComparison.Ordinal)));

        var printed = await server.StopAsync();

        Assert.Contains("Stopping: no sessions.", printed, StringComparison.Ordinal);
        Assert.Contains("all accepted mail is in the store", printed, StringComparison.Ordinal);
        await server.RestartAsync();
        await server.WaitForOutputAsync("Ctrl+C ends.");
        var list = server.Output.Split('\n').First(l => l.StartsWith("  curl", StringComparison.Ordinal));
        Assert.Contains("\"subject\":\"Hello\"", await BashAsync(list), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_a_reply_was_seen_is_known_after_a_stop_right_behind_it()
    {
        await using var server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync("seen", "seen.test", "inbox");
        var content = "Subject: twice\r\nMessage-ID: <twice@sender.test>\r\n\r\nbody\r\n"u8.ToArray();
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            await talk.DeliverAsync("ada@sender.test", "inbox@seen.test", content);
            await talk.SayAsync("NOOP", "250");
        }

        await server.StopAsync();
        await server.RestartAsync();

        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
            await talk.DeliverAsync("ada@sender.test", "inbox@seen.test", content);
        Assert.Equal(2, (await server.Api.ListAsync("seen", "inbox@seen.test")).Count);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_its_holder_and_what_to_change()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();

        var refused = await ServerProcess.RunToExitAsync(new ServerSettings { Smtp = holder.LocalEndpoint.ToString()! });

        Assert.Equal(1, refused.ExitCode);
        var line = Assert.Single(refused.Output.Trim().Split('\n'));
        Assert.StartsWith($"SMTP can't listen on {holder.LocalEndpoint}: the port is taken", line, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} ", line, StringComparison.Ordinal);
        Assert.EndsWith("Choose another with --smtp ADDRESS:PORT (setting OrleansMail:Smtp:Listen).", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var refused = await ServerProcess.RunToExitAsync(new ServerSettings { DataFolder = file });

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(file, Assert.Single(refused.Output.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--smpt", "127.0.0.1:0", "There is no switch --smpt. Did you mean --smtp?")]
    [InlineData("--role", "gateway", "OrleansMail:Role is 'gateway'; allowed: all.")]
    public async Task A_wrong_switch_ends_with_code_2(string name, string value, string error)
    {
        var refused = await ServerProcess.RunToExitAsync(new ServerSettings { Arguments = [name, value] });

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(error, refused.Output, StringComparison.Ordinal);
    }

    private static async Task<string> BashAsync(string line)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, errors);
        return await output;
    }
}
