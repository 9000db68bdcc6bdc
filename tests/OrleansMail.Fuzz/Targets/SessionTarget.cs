using System.Text;
using OrleansMail.Fuzz.Inputs;
using OrleansMail.Fuzz.Reference;

namespace OrleansMail.Fuzz.Targets;

/// <summary>
/// A whole session: each line is answered once and nothing else is, the stored content is what was sent, and both are the same
/// however the octets arrive.
/// </summary>
/// <param name="name">The target's name.</param>
/// <param name="before">What the client says before the input, so that it meets a session in a state that is found by chance seldom.</param>
internal sealed class SessionTarget(string name, string before = "") : IFuzzTarget
{
    public string Name => name;

    public void Run(byte[] input)
    {
        input = [.. Encoding.ASCII.GetBytes(before), .. input];
        var setup = ListenerSetup.Plain;
        var whole = SessionPlay.Run(setup, SplitReader.Whole(input, setup.MostUnread));
        new SessionModel(setup, whole).Judge(input);
        var pieces = SessionPlay.Run(setup, SplitReader.Cut(input, setup.MostUnread, 80));
        PropertyException.UnlessEqual(whole.ToString(), pieces.ToString(), "Replies and content are the same in pieces");
    }
}
