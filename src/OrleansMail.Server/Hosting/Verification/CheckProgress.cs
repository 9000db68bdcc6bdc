using System.Globalization;

namespace OrleansMail.Server.Hosting.Verification;

/// <summary>A line for each gibibyte that was read, so that whoever waits sees that it goes on.</summary>
internal sealed class CheckProgress(TextWriter output)
{
    private const long Step = 1L << 30;
    private long octets;

    /// <summary>Octets were read.</summary>
    public async ValueTask ReadAsync(long more, CancellationToken cancellationToken)
    {
        var before = octets / Step;
        octets += more;
        if (octets / Step != before)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{octets / Step} GiB read.").AsMemory(), cancellationToken);
    }
}
