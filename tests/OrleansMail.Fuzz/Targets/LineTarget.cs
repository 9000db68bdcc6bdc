using System.IO.Pipelines;
using System.Text;
using OrleansMail.Fuzz.Inputs;
using OrleansMail.Fuzz.Reference;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Fuzz.Targets;

/// <summary>Lines are the same however the octets arrive, and no more of one is kept than its limit.</summary>
internal sealed class LineTarget : IFuzzTarget
{
    private const int Longest = 40;

    public string Name => "lines";

    public void Run(byte[] input)
    {
        var expected = Expected(input);
        PropertyException.UnlessEqual(expected, Read(SplitReader.Whole(input, Longest)), "Lines of one read");
        PropertyException.UnlessEqual(expected, Read(SplitReader.Cut(input, Longest, 50)), "Lines in pieces");
    }

    private static string Expected(ReadOnlySpan<byte> rest)
    {
        var lines = new StringBuilder();
        while (NaiveLines.TryTake(ref rest, Longest, out var line))
            lines.Append(line ?? "too long").Append('\n');
        return lines.ToString();
    }

    private static string Read(PipeReader pipe)
    {
        var reader = new SmtpLineReader(pipe, Longest);
        var lines = new StringBuilder();
        while (true)
        {
            switch (reader.TryTake(out var line))
            {
                case LineStatus.Complete:
                    PropertyException.Unless(line.Length + 2 <= Longest, "A line is within its limit");
                    lines.Append(Encoding.Latin1.GetString(line.Span)).Append('\n');
                    break;
                case LineStatus.TooLong:
                    lines.Append("too long\n");
                    break;
                default:
                    if (reader.ReadAsync().AsTask().GetAwaiter().GetResult() == ReadOutcome.Ended)
                        return lines.ToString();
                    break;
            }
        }
    }
}
