using System.Buffers;
using System.Text;
using OrleansMail.Smtp.Data;

namespace OrleansMail.Smtp.Tests.Data;

/// <summary>Whether content begins with a header: judged alike in one piece and in many, at the bound of what is waited for.</summary>
public sealed class FirstLineTests
{
    public static TheoryData<string, string> Beginnings => new()
    {
        { "", "Undecided" },
        { "S", "Undecided" },
        { "Subject", "Undecided" },
        { "Subject:", "Proper" },
        { ":", "Proper" },
        { "Subject: x\r\n", "Proper" },
        { "\r", "Undecided" },
        { "\r\n", "Proper" },
        { ".", "Undecided" },
        { ".\r", "Undecided" },
        { ".\r\n", "Proper" },
        { "..\r\n", "Text" },
        { ".a:", "Proper" },
        { " ", "Text" },
        { "\t:", "Text" },
        { ". ", "Text" },
        { ".\t:", "Text" },
        { "text\r\n", "Text" },
        { "text\r\nSubject: x\r\n", "Text" },
        { "te\rxt\n:", "Proper" },
        { new string('x', 999), "Undecided" },
        { new string('x', 1000), "Text" },
        { new string('x', 999) + ":", "Proper" },
        { new string('x', 1000) + ":", "Text" },
        { new string('x', 998) + "\r\n", "Text" },
        { new string('x', 1500), "Text" },
    };

    [Theory, MemberData(nameof(Beginnings))]
    public void A_beginning_is_judged_by_its_octets_alone(string text, string kind)
    {
        foreach (var size in (int[])[1, 2, 3, 500, 999, 1000, 1001, 4096])
            Assert.Equal(kind, FirstLine.JudgeStuffed(InPieces(text, size)).ToString());
    }

    private static ReadOnlySequence<byte> InPieces(string text, int size)
    {
        var input = ReadOnlySequence<byte>.Empty;
        foreach (var piece in text.Chunk(size))
            input = Segments.Join(input, Encoding.Latin1.GetBytes(piece));
        return input;
    }
}
