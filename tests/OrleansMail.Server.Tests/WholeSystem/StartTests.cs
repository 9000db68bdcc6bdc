using System.Net;
using System.Net.Sockets;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A start says what it listens on; one that can't go on says why, without a stack trace, and ends.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_healthy_start_prints_its_listeners_and_warns_of_nothing()
    {
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Development = true });

        Assert.Equal(HttpStatusCode.OK, await server.Api.ReadinessAsync());
        Assert.Contains(server.DataFolder, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warn:", server.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("fail:", server.Output, StringComparison.OrdinalIgnoreCase);
        Assert.True(IPAddress.IsLoopback(server.Smtp.Address), "Development listens on loopback only.");
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_told_who_holds_it()
    {
        await using var first = await ServerProcess.StartAsync();

        var second = await ServerProcess.RunToExitAsync(new ServerSettings { DataFolder = first.DataFolder });

        RefusedWith(second, first.DataFolder);
        Assert.Equal(HttpStatusCode.OK, await first.Api.ReadinessAsync());
    }

    [Theory, InlineData("SMTP"), InlineData("HTTP")]
    public async Task A_port_that_is_taken_is_named(string which)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var address = $"127.0.0.1:{((IPEndPoint)holder.LocalEndpoint).Port}";

        var settings = which == "SMTP" ? new ServerSettings { Smtp = address } : new ServerSettings { Http = $"http://{address}" };
        var refused = await ServerProcess.RunToExitAsync(settings);

        RefusedWith(refused, address);
        Assert.Contains(which == "SMTP" ? "--smtp" : "--http", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_wrong_settings_are_named_at_once()
    {
        var refused = await ServerProcess.RunToExitAsync(new ServerSettings
        {
            Arguments = ["--OrleansMail:Smtp:MaxMessageBytes=-1", "--OrleansMail:Smtp:MaxRecipients=0"],
        });

        RefusedWith(refused, "OrleansMail:Smtp:MaxMessageBytes");
        RefusedWith(refused, "OrleansMail:Smtp:MaxRecipients");
    }

    [Fact]
    public async Task Dotnet_run_keeps_its_data_where_the_caller_stands()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "data"), "A file, so that the server names the folder it wanted and ends.");
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Repository.ServerAssembly)))!;
        var project = Path.Combine(Repository.Root, "src", "OrleansMail.Server");

        string[] arguments = ["run", "--no-build", "-c", configuration, "--project", project, "--", "--smtp", "127.0.0.1:0", "--http", "http://127.0.0.1:0"];
        var refused = await CommandRunner.RunAsync("dotnet", arguments, folder: folder.Path);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(Path.Combine(folder.Path, "data"), refused.Error, StringComparison.Ordinal);
    }

    private static void RefusedWith(CommandResult result, string text)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal); // a stack trace is no answer to a user's mistake
    }
}
