using OrleansMail.Fuzz.Inputs;
using OrleansMail.Fuzz.Reference;

namespace OrleansMail.Fuzz.Targets;

/// <summary>
/// A whole session of any listener, which the first octet picks: what is true of a session, and nobody is taken for more than the
/// listener lets him be.
/// </summary>
internal sealed class ListenerTarget : IFuzzTarget
{
    public string Name => "listeners";

    public void Run(byte[] input)
    {
        var setup = ListenerSetup.Of(input.FirstOrDefault());
        input = input[Math.Min(1, input.Length)..];
        var whole = SessionPlay.Run(setup, SplitReader.Whole(input, setup.MostUnread));
        new SessionModel(setup, whole).Judge(input);
        // Of what is cut behind each line, a handshake gets what follows STARTTLS; of the whole it gets nothing.
        foreach (var reader in new[] { SplitReader.Cut(input, setup.MostUnread, 80), SplitReader.Lines(input, setup.MostUnread) })
            PropertyException.UnlessEqual(whole.ToString(), SessionPlay.Run(setup, reader).ToString(), "Replies and content are the same in pieces");
    }
}
