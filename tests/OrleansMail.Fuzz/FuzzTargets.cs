using OrleansMail.Fuzz.Targets;

namespace OrleansMail.Fuzz;

/// <summary>The targets by name, and their corpora.</summary>
internal static class FuzzTargets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new LineTarget(),
        new CommandTarget(),
        new PathTarget(),
        new SenderTarget(),
        new ParameterTarget(),
        new DataTarget(),
        new ReplyTarget(),
        new ProxyTarget(),
        new XclientTarget(),
        new SaslTarget(),
        new SessionTarget("session"),
        new ListenerTarget(),
        new SessionTarget("bdat", "EHLO a.test\r\nMAIL FROM:<c@d.test> BODY=BINARYMIME\r\nRCPT TO:<ok@example.test>\r\n"),
    ];

    /// <summary>The target of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IFuzzTarget Find(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"No target {name}; there are {string.Join(", ", All.Select(target => target.Name))}.");
}
