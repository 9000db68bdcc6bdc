using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Api.Messages;

/// <summary>What kind of message it is, by its envelope sender and what its headers say. A claim of the sender, not a verdict.</summary>
internal static class MessageClassifier
{
    /// <summary>Classifies: reports by their type first, then lists, then what programs send.</summary>
    public static MessageClass Classify(string reversePath, KeptHeaders headers)
    {
        if (headers.MediaType() is { } type && type.IsMimeType("multipart", "report"))
        {
            return string.Equals(type.Parameters["report-type"], "delivery-status", StringComparison.OrdinalIgnoreCase)
                ? MessageClass.Bounce
                : MessageClass.Report;
        }

        var precedence = headers.Text(HeaderName.Precedence);
        if (headers.Has(HeaderName.ListId) || Is(precedence, "list"))
            return MessageClass.List;
        if (headers.Text(HeaderName.AutoSubmitted) is { Length: > 0 } submitted && !Is(Keyword(submitted), "no"))
            return MessageClass.Auto;
        if (reversePath.Length == 0) // RFC 5321 §4.5.5: notifications, so that nothing answers them
            return MessageClass.Bounce;
        return Is(precedence, "bulk") || Is(precedence, "junk") ? MessageClass.Auto : MessageClass.Person;
    }

    // RFC 3834 §5: parameters may follow the keyword.
    private static string Keyword(string value) => value.Split(';', ' ')[0];

    private static bool Is(string? value, string keyword) => string.Equals(value, keyword, StringComparison.OrdinalIgnoreCase);
}
