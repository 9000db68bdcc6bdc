using System.CommandLine;
using System.Net;

namespace OrleansMail.Benchmarks.Load;

/// <summary>The verb <c>load</c>.</summary>
internal static class LoadCommand
{
    private static readonly Option<IPEndPoint> Target = OptionTypes.EndPointOption("--target", "127.0.0.1:2525", "The SMTP server");
    private static readonly Option<int> Connections = Number("--connections", 32, "Connections open at once");
    private static readonly Option<long> Messages = new("--messages") { Description = "Messages in all; 0: as many as --seconds allows" };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "How long (default 10 when there is no --messages)" };
    private static readonly Option<long> Size = OptionTypes.OctetsOption("--size", 2048, "Size of a message");
    private static readonly Option<int> Recipients = Number("--recipients", 1, "Recipients of a message");
    private static readonly Option<int> Mailboxes = Number("--mailboxes", 100, "How many values {n} takes in --to");
    private static readonly Option<string> To = new("--to") { Description = "The recipients' address", DefaultValueFactory = _ => "ok{n}@example.test" };
    private static readonly Option<string> From = new("--from") { Description = "The envelope sender", DefaultValueFactory = _ => "sender@loadgen.test" };
    private static readonly Option<bool> NoPipelining = new("--no-pipelining") { Description = "Wait for each reply before the next command" };
    private static readonly Option<int> PerConnection = Number("--messages-per-connection", 100, "Transactions before a connection is replaced");
    private static readonly Option<double> Timeout = new("--timeout") { Description = "Seconds after which a transaction has failed", DefaultValueFactory = _ => 30 };

    public static Command Create()
    {
        var command = new Command("load", "Sends mail to an SMTP server and prints one line of JSON; exit code 1 when anything failed.")
        {
            Target, Connections, Messages, Seconds, Size, Recipients, Mailboxes, To, From, NoPipelining, PerConnection, Timeout,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var result = await LoadGenerator.RunAsync(Read(arguments), cancellationToken);
        Console.WriteLine(result.ToJson());
        return result.Failed == 0 ? 0 : 1;
    }

    private static LoadOptions Read(ParseResult arguments)
    {
        var messages = arguments.GetValue(Messages);
        var seconds = arguments.GetValue(Seconds);
        return new()
        {
            Target = arguments.GetValue(Target)!,
            Connections = arguments.GetValue(Connections),
            Messages = messages,
            Duration = TimeSpan.FromSeconds(messages == 0 && seconds == 0 ? 10 : seconds),
            Size = (int)arguments.GetValue(Size),
            Recipients = arguments.GetValue(Recipients),
            Mailboxes = arguments.GetValue(Mailboxes),
            RecipientPattern = arguments.GetValue(To)!,
            Sender = arguments.GetValue(From)!,
            Pipelining = !arguments.GetValue(NoPipelining),
            MessagesPerConnection = arguments.GetValue(PerConnection),
            Timeout = TimeSpan.FromSeconds(arguments.GetValue(Timeout)),
        };
    }

    private static Option<int> Number(string name, int value, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} is at least 1.");
        });
        return option;
    }
}
