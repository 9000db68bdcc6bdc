namespace OrleansMail.Smtp;

/// <summary>A reply (RFC 5321 §4.2) with its enhanced status code (RFC 3463).</summary>
public sealed class SmtpReply
{
    /// <summary>Creates a reply. Characters outside printable ASCII are replaced; a line feed begins a further line.</summary>
    /// <param name="code">200 to 559.</param>
    /// <param name="status">The enhanced code, of the same class; null for replies that carry none (220, 221 greetings, 3xx, EHLO).</param>
    /// <param name="text">What follows the codes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code is none, or the status is of another class.</exception>
    public SmtpReply(int code, EnhancedStatusCode? status, string text)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 559);
        if (status is { } given)
            ArgumentOutOfRangeException.ThrowIfNotEqual(given.Class, code / 100, nameof(status));
        Code = code;
        Status = status;
        Text = Clean(text);
    }

    /// <summary>The reply code.</summary>
    public int Code { get; }

    /// <summary>The enhanced status code; null when the reply carries none.</summary>
    public EnhancedStatusCode? Status { get; }

    /// <summary>The text; lines are separated by a line feed.</summary>
    public string Text { get; }

    /// <summary>
    /// Why, in one stable word of a small closed set, for decisions and the metric of refusals (<see cref="Limits.SmtpReasons"/>); never
    /// sent. Null leaves it to the code.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>Whether the code is 2xx.</summary>
    public bool IsPositive => Code < 300;

    /// <inheritdoc/>
    public override string ToString() => Status is { } status ? $"{Code} {status} {Text}" : $"{Code} {Text}";

    // A CR or an octet above 126 in text from elsewhere would end the line or break 7-bit clients (RFC 5321 §4.2, §4.5.3.1.5).
    private static string Clean(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (!lines.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return lines;
        return string.Create(lines.Length, lines, static (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                span[i] = source[i] is (>= ' ' and <= '~') or '\n' ? source[i] : '?';
        });
    }
}

/// <summary>An enhanced mail system status code (RFC 3463 §2).</summary>
public readonly record struct EnhancedStatusCode(int Class, int Subject, int Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Class}.{Subject}.{Detail}";
}
