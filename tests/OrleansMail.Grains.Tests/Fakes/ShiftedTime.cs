namespace OrleansMail.Grains.Tests.Fakes;

/// <summary>The real clock, put forward: a silo's own timers go on as ever.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    /// <summary>By how much.</summary>
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
