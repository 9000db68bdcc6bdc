using System.Globalization;
using System.Net;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Which values a setting may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class AllowedAttribute : Attribute
{
    /// <summary>The allowed values in words, to follow "allowed:".</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether a value is one of them.</summary>
    public abstract bool Allows(object value);
}

/// <summary>A whole number between two bounds, both allowed.</summary>
internal sealed class BetweenAttribute(long min, long max) : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => max == long.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"{min:#,0} or more")
        : string.Create(CultureInfo.InvariantCulture, $"{min:#,0} to {max:#,0}");

    /// <inheritdoc/>
    public override bool Allows(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number && number >= min && number <= max;
}

/// <summary>One of a few words.</summary>
internal sealed class OneOfAttribute(params string[] words) : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => string.Join(", ", words);

    /// <inheritdoc/>
    public override bool Allows(object value) => words.Contains((string)value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A span of time between two bounds, both allowed, in the form <c>[d.]hh:mm:ss</c>.</summary>
internal sealed class WithinAttribute(string min, string max) : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => $"{min} to {max}";

    /// <inheritdoc/>
    public override bool Allows(object value) =>
        value is TimeSpan span && span >= TimeSpan.Parse(min, CultureInfo.InvariantCulture) && span <= TimeSpan.Parse(max, CultureInfo.InvariantCulture);
}

/// <summary>An address and port to listen on.</summary>
internal sealed class ListenAddressAttribute : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "ADDRESS:PORT, such as 127.0.0.1:2525 or [::1]:2525; port 0 takes a free one";

    /// <inheritdoc/>
    public override bool Allows(object value) => TryParse((string)value, out _);

    /// <summary>Reads an address that is known to be one.</summary>
    public static IPEndPoint Parse(string text) => TryParse(text, out var endpoint) ? endpoint : throw new FormatException();

    /// <summary>Reads an address, with <c>localhost</c> for 127.0.0.1 and <c>*</c> for all.</summary>
    public static bool TryParse(string text, out IPEndPoint endpoint)
    {
        endpoint = null!;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        var host = text[..colon];
        var address = host switch
        {
            "*" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ when host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') => null,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : null,
        };
        endpoint = address is null ? null! : new IPEndPoint(address, port);
        return address is not null;
    }
}

/// <summary>An <c>http://</c> URL to listen on.</summary>
internal sealed class HttpAddressAttribute : AllowedAttribute
{
    private const string Scheme = "http://";

    /// <inheritdoc/>
    public override string Allowed => "http://ADDRESS:PORT, such as http://127.0.0.1:8025; port 0 takes a free one";

    /// <inheritdoc/>
    public override bool Allows(object value) => TryParse((string)value, out _);

    /// <summary>Reads the address of a URL that is known to be one.</summary>
    public static IPEndPoint Parse(string text) => TryParse(text, out var endpoint) ? endpoint : throw new FormatException();

    /// <summary>Reads the address of a URL.</summary>
    public static bool TryParse(string text, out IPEndPoint endpoint)
    {
        endpoint = null!;
        return text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && ListenAddressAttribute.TryParse(text[Scheme.Length..].TrimEnd('/'), out endpoint);
    }
}

/// <summary>A mail address.</summary>
internal sealed class MailAddressAttribute : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "a mail address";

    /// <inheritdoc/>
    public override bool Allows(object value)
    {
        var text = (string)value;
        var at = text.LastIndexOf('@');
        return at > 0 && LocalPart.TryParse(text[..at], out _) && DomainName.TryParse(text[(at + 1)..], out _);
    }
}

/// <summary>A host name.</summary>
internal sealed class HostNameAttribute : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "a host name (letters, digits, '-' and '.')";

    /// <inheritdoc/>
    public override bool Allows(object value) => DomainName.TryParse((string)value, out _);
}

/// <summary>A connection string of a Blob service, or its https URL.</summary>
internal sealed class BlobServiceAttribute : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "a storage connection string, or the https URL of a Blob service";

    /// <inheritdoc/>
    public override bool Allows(object value) =>
        (string)value is var text && (text.Contains('=', StringComparison.Ordinal) || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps));
}

/// <summary>A text of at least so many characters.</summary>
internal sealed class MinLengthTextAttribute(int min) : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => $"at least {min} characters";

    /// <inheritdoc/>
    public override bool Allows(object value) => ((string)value).Length >= min;
}
