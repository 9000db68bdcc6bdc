using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansMail.Benchmarks.Micro;

/// <summary>
/// A session as it is usually written: lines as strings, verbs by splitting them, addresses by a regular expression, data line by line.
/// It does less than the engine (no limits, timeouts, parameters) and is compared only for its cost.
/// </summary>
internal sealed partial class NaiveSession(IDuplexPipe transport)
{
    private readonly List<string> _recipients = [];
    private string? _sender;

    public async Task RunAsync()
    {
        using var reader = new StreamReader(transport.Input.AsStream(), Encoding.Latin1);
        await using var writer = new StreamWriter(transport.Output.AsStream(), Encoding.Latin1) { NewLine = "\r\n" };
        await writer.WriteLineAsync("220 naive ESMTP");
        while (await reader.ReadLineAsync() is { } line)
            await writer.WriteLineAsync(await AnswerAsync(reader, line));
    }

    /// <summary>The address in MAIL and RCPT; null when there is none.</summary>
    public static string? Address(string line) => Path().Match(line) is { Success: true } match ? match.Groups["path"].Value : null;

    /// <summary>The verb of a line.</summary>
    public static string Verb(string line) => line.Split(' ')[0].ToUpperInvariant();

    /// <summary>Reads content to its end, dots unstuffed.</summary>
    public static async Task<int> ReadContentAsync(StreamReader reader, StringBuilder content)
    {
        while (await reader.ReadLineAsync() is { } line && line != ".")
            content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return content.Length;
    }

    private async ValueTask<string> AnswerAsync(StreamReader reader, string line)
    {
        switch (Verb(line))
        {
            case "EHLO":
                return "250 naive";
            case "MAIL":
                _sender = Address(line);
                return _sender is null ? "501 5.1.7 Bad sender" : "250 2.1.0 Ok";
            case "RCPT":
                if (Address(line) is not { } recipient)
                    return "501 5.1.3 Bad recipient";
                _recipients.Add(recipient);
                return "250 2.1.5 Ok";
            case "RSET":
                _recipients.Clear();
                return "250 2.0.0 Ok";
            case "NOOP":
                return "250 2.0.0 Ok";
            case "DATA":
                await ReadContentAsync(reader, new StringBuilder());
                return "250 2.0.0 Ok: queued";
            default:
                return "500 5.5.1 Unknown";
        }
    }

    [GeneratedRegex(@"^(MAIL FROM|RCPT TO):\s*<(?<path>[^<>@\s]+@[A-Za-z0-9.-]+)>", RegexOptions.IgnoreCase)]
    private static partial Regex Path();
}
