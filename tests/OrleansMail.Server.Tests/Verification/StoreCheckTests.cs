using System.Text.Json;
using OrleansMail.Server.Hosting.CommandLine;
using OrleansMail.Server.Tests.WholeSystem;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Verification;

/// <summary>The executable with <c>--verify</c> and <c>--repair</c>: its exit codes, and its last line.</summary>
public sealed class StoreCheckTests
{
    [Theory]
    [InlineData("--verify", false)]
    [InlineData("--repair", true)]
    public void A_switch_asks_for_a_check_of_the_store_that_others_name(string argument, bool isRepair)
    {
        var command = ServerCommandParser.Parse([argument, "--data", "/tmp/mail"]);

        Assert.Null(command.Error);
        Assert.Equal(isRepair ? ServerAction.Repair : ServerAction.Verify, command.Action);
        Assert.Equal("/tmp/mail", command.Settings["OrleansMail:Storage:Data"]);
    }

    [Fact]
    public async Task A_store_is_verified_without_a_key_damaged_found_and_repaired()
    {
        await using var server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync("checked", "checked.test", "inbox");
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
            await talk.DeliverAsync(Message.Sender, "inbox@checked.test", Message.Create("kept"));
        var locked = await RunAsync("--verify", server.DataFolder);
        Assert.Equal((2, ""), (locked.ExitCode, locked.Output));
        Assert.Contains(server.DataFolder, locked.Error, StringComparison.Ordinal);
        await server.StopAsync();

        var sound = await RunAsync("--verify", server.DataFolder);
        Assert.True(sound.ExitCode == 0, sound.ToString());
        Assert.Contains("The store is sound.", sound.Output, StringComparison.Ordinal);
        Assert.True(LastLine(sound).GetProperty("sound").GetBoolean());
        Assert.True(LastLine(sound).GetProperty("counts").GetProperty("payloads").GetInt64() >= 1);

        File.Delete(Path.Combine(server.DataFolder, "wal", "p000", "ckpt"));
        var damaged = await RunAsync("--verify", server.DataFolder);
        Assert.True(damaged.ExitCode == 1, damaged.ToString());
        Assert.Equal("checkpoint", LastLine(damaged).GetProperty("mismatches")[0].GetProperty("kind").GetString());

        var repaired = await RunAsync("--repair", server.DataFolder);
        Assert.True(repaired.ExitCode == 0, repaired.ToString());
        Assert.True(LastLine(repaired).GetProperty("sound").GetBoolean());
        await server.RestartAsync();
        Assert.Equal("kept", Assert.Single(await server.Api.ListAsync("checked", "inbox@checked.test")).Headers.Subject);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_not_made_by_a_check()
    {
        using var folder = new TemporaryFolder();
        var missing = Path.Combine(folder.Path, "missing");

        var result = await RunAsync("--verify", missing);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("does not exist", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public async Task A_folder_without_a_store_can_not_be_checked()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(2, (await RunAsync("--verify", folder.Path)).ExitCode);
    }

    private static Task<CommandResult> RunAsync(string action, string folder) =>
        CommandRunner.RunAsync("dotnet", [Repository.ServerAssembly, action, "--data", folder]);

    private static JsonElement LastLine(CommandResult result)
    {
        using var json = JsonDocument.Parse(result.Output.TrimEnd('\n').Split('\n')[^1]);
        return json.RootElement.Clone();
    }
}
