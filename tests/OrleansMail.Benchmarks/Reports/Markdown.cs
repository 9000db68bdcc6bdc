using System.Globalization;
using System.Text;

namespace OrleansMail.Benchmarks.Reports;

/// <summary>A text of lines, its numbers written alike everywhere.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a line.</summary>
    public void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Adds an empty line.</summary>
    public void Line() => _text.Append('\n');

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
