using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrleansMail.Smtp.Commands;

namespace OrleansMail.Fuzz.Targets;

/// <summary>The parameters of MAIL are those that the grammar of RFC 5321 §4.1.2 tells, and a size is never less than what was declared.</summary>
internal sealed partial class ParameterTarget : IFuzzTarget
{
    public string Name => "parameters";

    public void Run(byte[] input)
    {
        // The command table lets no controls through.
        if (input.AsSpan().ContainsAnyInRange((byte)0, (byte)8) || input.AsSpan().ContainsAnyInRange((byte)10, (byte)31))
            return;
        var parameters = new MailParameters();
        var refusal = parameters.Read(input);
        var text = Encoding.Latin1.GetString(input);
        if (refusal is not null)
        {
            PropertyException.Unless(refusal.Code is 501 or 504 or 555, "A refusal tells of syntax, of a value or of an unknown parameter");
            return;
        }

        PropertyException.Unless(WellFormed().IsMatch(text), "What is accepted is well-formed");
        var sizes = Size().Matches(text);
        PropertyException.Unless(sizes.Count <= 1 && parameters.Size.HasValue == (sizes.Count == 1), "A size is given at most once");
        if (parameters.Size is not { } size)
            return;
        var declared = decimal.Parse(sizes[0].Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        PropertyException.Unless(size == Math.Min(declared, long.MaxValue), "The size is the declared one, or the largest there is");
    }

    [GeneratedRegex(@"^([ \t]+[A-Za-z0-9][A-Za-z0-9-]*(=[^\x00-\x20=\x7f]+)?)*[ \t]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex WellFormed();

    [GeneratedRegex(@"[ \t]size=([0-9]+)(?=[ \t]|\z)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Size();
}
