namespace OrleansMail.Testing.Network;

/// <summary>What a <see cref="FaultProxy"/> does with a request.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Status">The proxy's own answer, where it gives one.</param>
/// <param name="Until">What a delayed request waits for, before it is passed on.</param>
public sealed record ProxyFault(ProxyFaultKind Kind, int Status = 0, Task? Until = null)
{
    /// <summary>It is passed on, and so is its answer.</summary>
    public static readonly ProxyFault None = new(ProxyFaultKind.None);

    /// <summary>The connection is reset; the service never hears of the request.</summary>
    public static readonly ProxyFault ResetBefore = new(ProxyFaultKind.ResetBefore);

    /// <summary>The service gets the request and answers; then the connection is reset in place of the answer.</summary>
    public static readonly ProxyFault LoseAnswer = new(ProxyFaultKind.LoseAnswer);

    /// <summary>The service gets half of the body, and both connections are reset.</summary>
    public static readonly ProxyFault CutUpload = new(ProxyFaultKind.CutUpload);

    /// <summary>Nothing is passed on and nothing answered for as long as the client holds the connection.</summary>
    public static readonly ProxyFault Hang = new(ProxyFaultKind.Hang);

    /// <summary>The proxy answers itself: 500, 503, 412, 429, …</summary>
    public static ProxyFault Answer(int status) => new(ProxyFaultKind.Answer, status);

    /// <summary>The request is passed on when a task has completed.</summary>
    public static ProxyFault Delay(Task until) => new(ProxyFaultKind.Delay, Until: until);
}

/// <summary>The kinds of <see cref="ProxyFault"/>.</summary>
public enum ProxyFaultKind
{
    /// <inheritdoc cref="ProxyFault.None"/>
    None,

    /// <inheritdoc cref="ProxyFault.ResetBefore"/>
    ResetBefore,

    /// <inheritdoc cref="ProxyFault.LoseAnswer"/>
    LoseAnswer,

    /// <inheritdoc cref="ProxyFault.CutUpload"/>
    CutUpload,

    /// <inheritdoc cref="ProxyFault.Hang"/>
    Hang,

    /// <inheritdoc cref="ProxyFault.Answer"/>
    Answer,

    /// <inheritdoc cref="ProxyFault.Delay"/>
    Delay,
}
