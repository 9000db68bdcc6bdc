using OrleansMail.Server.Hosting.CommandLine;
using OrleansMail.Testing;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void A_short_switch_is_its_setting()
    {
        var command = ServerCommandParser.Parse(["--smtp", "127.0.0.1:2526", "--data=/tmp/mail", "--OrleansMail:Smtp:MaxErrors=5", "--OrleansMail:Drain:Timeout", "00:00:10"]);

        Assert.Null(command.Error);
        Assert.Equal(ServerAction.Run, command.Action);
        Assert.Equal("127.0.0.1:2526", command.Settings["OrleansMail:Smtp:Listen"]);
        Assert.Equal("/tmp/mail", command.Settings["OrleansMail:Storage:Data"]);
        Assert.Equal("5", command.Settings["OrleansMail:Smtp:MaxErrors"]);
        Assert.Equal("00:00:10", command.Settings["OrleansMail:Drain:Timeout"]);
    }

    [Theory]
    [InlineData("--smpt", "There is no switch --smpt. Did you mean --smtp?")]
    [InlineData("--operator-kye=x", "There is no switch --operator-kye. Did you mean --operator-key?")]
    [InlineData("--frobnicate-everything", "There is no switch --frobnicate-everything. See --help.")]
    [InlineData("smtp", "There is no switch smtp. Did you mean --smtp?")]
    [InlineData("--smtp", "--smtp needs a value.")]
    public void A_mistake_is_named(string argument, string error) =>
        Assert.Equal(error, ServerCommandParser.Parse([argument]).Error);

    [Fact]
    public void A_switch_does_not_take_the_next_switch_for_its_value() =>
        Assert.Equal("--smtp needs a value.", ServerCommandParser.Parse(["--smtp", "--data", "x"]).Error);

    [Fact]
    public void The_help_is_as_reviewed() =>
        GoldenFile.Check(Path.Combine(Repository.Root, "tests", "OrleansMail.Server.Tests", "Hosting", "help.txt"), HelpText.Create());
}
