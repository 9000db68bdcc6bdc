using System.CommandLine;
using System.Globalization;
using System.Net;

namespace OrleansMail.Benchmarks;

/// <summary>Options whose values need more than the parser's own types.</summary>
internal static class OptionTypes
{
    /// <summary>An option in octets; <c>k</c>, <c>m</c> and <c>g</c> are powers of 1024.</summary>
    public static Option<long> OctetsOption(string name, long value, string description) => new(name)
    {
        Description = description + $" (octets; 64k, 1m, 2g)",
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out var octets))
                return octets;
            result.AddError($"{name} is octets, as in 2048, 64k or 1m.");
            return 0;
        },
    };

    /// <summary>An option that names an address and a port; port 0 takes a free one.</summary>
    public static Option<IPEndPoint> EndPointOption(string name, string value, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => IPEndPoint.Parse(value),
        CustomParser = result =>
        {
            if (IPEndPoint.TryParse(result.Tokens[0].Value, out var endPoint))
                return endPoint;
            result.AddError($"{name} is an address and a port, as in {value}.");
            return null;
        },
    };

    private static bool TryParse(string text, out long octets)
    {
        var shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        var ok = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out octets) && octets <= long.MaxValue >> shift;
        octets <<= ok ? shift : 0;
        return ok;
    }
}
