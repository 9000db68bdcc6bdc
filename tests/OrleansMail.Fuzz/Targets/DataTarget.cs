using System.Buffers;
using System.Text;
using OrleansMail.Fuzz.Inputs;
using OrleansMail.Fuzz.Reference;
using OrleansMail.Smtp.Data;

namespace OrleansMail.Fuzz.Targets;

/// <summary>
/// The end of the data, the content and the flag for bare newlines are those of the reference, however the octets arrive and however
/// small the buffer is; what the first line is does not change when more of it is known.
/// </summary>
internal sealed class DataTarget : IFuzzTarget
{
    private const int EndLength = 3; // .CRLF

    public string Name => "data";

    public void Run(byte[] input)
    {
        var expected = NaiveData.Read(input);
        Judge(expected, input, new Scan([input], room: 4096));
        var cuts = new Cuts(input, 40);
        Judge(expected, input, new Scan(SplitReader.Pieces(input, 40), cuts.Next(EndLength, 20)));
        JudgeFirstLine(input);
    }

    private static void Judge(NaiveData expected, byte[] input, Scan scan)
    {
        PropertyException.Unless(scan.HasEnded == expected.Length >= 0, "The end of the data is found, and nothing else is taken for it");
        if (!scan.HasEnded)
        {
            // What is undecided (CR, dot) may be missing at the end.
            PropertyException.Unless(expected.Content.StartsWith(scan.Content, StringComparison.Ordinal), "Content without an end is the reference's");
            PropertyException.Unless(expected.Content.Length - scan.Content.Length < EndLength, "No more than an end's beginning is undecided");
            return;
        }

        PropertyException.UnlessEqual(expected.Content, scan.Content, "Content");
        PropertyException.Unless(scan.HasBareNewlines == expected.HasBareNewlines, "Bare newlines are noticed");
        PropertyException.UnlessEqual(input.AsSpan(expected.Length), scan.Rest, "What follows the end is left");
    }

    private static void JudgeFirstLine(byte[] input)
    {
        var decided = FirstLineKind.Undecided;
        for (var length = 0; length <= Math.Min(input.Length, 1100); length++)
        {
            var kind = FirstLine.JudgeStuffed(new ReadOnlySequence<byte>(input, 0, length));
            PropertyException.Unless(decided == FirstLineKind.Undecided || kind == decided, "The first line's kind does not change");
            decided = kind;
        }

        PropertyException.Unless(decided != FirstLineKind.Undecided || input.Length <= FirstLine.Window, "A window's width decides");
    }

    private sealed class Scan
    {
        private readonly StringBuilder _content = new();
        private DataScanner _scanner;

        public Scan(IEnumerable<ReadOnlyMemory<byte>> pieces, int room)
        {
            var buffer = new byte[room];
            var reader = new SplitReader(pieces, EndLength - 1, endsApart: true);
            while (!HasEnded && reader.Read() is { IsCompleted: false } result)
            {
                var left = result.Buffer;
                HasEnded = Take(ref left, buffer) == DataStatus.End;
                reader.AdvanceTo(left.Start, HasEnded ? left.Start : left.End);
            }

            Rest = reader.Remaining();
        }

        public string Content => _content.ToString();

        public bool HasEnded { get; }

        public bool HasBareNewlines => _scanner.HasBareNewlines;

        public byte[] Rest { get; }

        private DataStatus Take(ref ReadOnlySequence<byte> left, byte[] buffer)
        {
            var status = _scanner.Take(ref left, out var content);
            Append(content.ToArray());
            while (status == DataStatus.Partial)
            {
                status = _scanner.Unstuff(ref left, buffer, out var written);
                Append(buffer.AsSpan(0, written));
            }

            return status;
        }

        private void Append(ReadOnlySpan<byte> content) => _content.Append(Encoding.Latin1.GetString(content));
    }
}
