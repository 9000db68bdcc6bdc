using OrleansMail.Server.Hosting;
using OrleansMail.Server.Hosting.CommandLine;
using OrleansMail.Server.Hosting.Verification;

var command = ServerCommandParser.Parse(args);
if (command.Error is { } error)
{
    await Console.Error.WriteLineAsync(error);
    return ExitCodes.Usage;
}

switch (command.Action)
{
    case ServerAction.ShowHelp:
        await Console.Out.WriteAsync(HelpText.Create());
        return ExitCodes.Success;
    case ServerAction.ShowVersion:
        await Console.Out.WriteLineAsync(HelpText.Version);
        return ExitCodes.Success;
    case ServerAction.Verify or ServerAction.Repair:
        return await StoreCheck.RunAsync(command, CancellationToken.None);
    default:
        return await ServerProcess.RunAsync(command);
}
