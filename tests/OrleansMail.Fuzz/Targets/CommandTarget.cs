using System.Text;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Commands;

namespace OrleansMail.Fuzz.Targets;

/// <summary>A line is a verb of the table and its argument, or is refused; nothing that ends a line elsewhere comes through.</summary>
internal sealed class CommandTarget : IFuzzTarget
{
    private static readonly CommandTable Table = new(new Dictionary<string, SmtpCommand>());

    public string Name => "commands";

    public void Run(byte[] input)
    {
        var refusal = Table.Find(input, out var command, out var argument);
        if (refusal is not null)
        {
            PropertyException.Unless(refusal.Code / 100 == 5 && command is null, "A refusal is permanent and comes without a command");
            return;
        }

        PropertyException.Unless(command is not null, "A line that is not refused has a command");
        var text = Encoding.Latin1.GetString(input);
        var given = Encoding.Latin1.GetString(argument.Span);
        PropertyException.UnlessEqual(given.Trim(' ', '\t'), given, "No white space around an argument");
        PropertyException.Unless(text.TrimEnd(' ', '\t').EndsWith(given, StringComparison.Ordinal), "An argument is the line's end");
        PropertyException.Unless(!text.AsSpan().ContainsAnyInRange('\0', '\x08') && !text.AsSpan().ContainsAnyInRange('\n', '\x1f') && !text.Contains('\x7f', StringComparison.Ordinal), "No control octets");
        var verb = text.Trim(' ', '\t').Split(' ', '\t')[0];
        PropertyException.Unless(Table.Find(Encoding.Latin1.GetBytes(verb), out var alone, out _) is null && alone == command, "The verb alone is the same command");
        var other = Encoding.Latin1.GetBytes(Swapped(verb) + "  " + given);
        PropertyException.Unless(
            Table.Find(other, out var same, out var again) is null && same == command && again.Span.SequenceEqual(argument.Span),
            "The verb's case and further spaces change nothing");
    }

    private static string Swapped(string verb) =>
        string.Concat(verb.Select(static character => char.IsAsciiLetterUpper(character) ? char.ToLowerInvariant(character) : char.ToUpperInvariant(character)));
}
