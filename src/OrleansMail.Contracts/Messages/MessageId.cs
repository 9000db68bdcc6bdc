using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansMail.Contracts.Messages;

/// <summary>
/// A message in one mailbox: the record's ULID, the number of the domain in its tenant and, when several mailboxes share the record,
/// the mailbox's place in it. The text form is <c>ULID-domain[-place]</c>: it says where to look, so no index of ids is needed.
/// </summary>
/// <param name="Record">The record in the partition log.</param>
/// <param name="Domain">The number the tenant gave the domain; never reused in a tenant.</param>
/// <param name="Place">Index of the mailbox in the record's list.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.message-id")]
public readonly record struct MessageId([property: Id(0)] Ulid Record, [property: Id(1)] int Domain, [property: Id(2)] int Place)
{
    private const int UlidLength = 26;

    /// <summary>Reads the text form; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MessageId id)
    {
        id = default;
        if (text is null || text.Length < UlidLength + 2 || text[UlidLength] != '-' || !Ulid.TryParse(text[..UlidLength], out var record))
            return false;
        var numbers = text[(UlidLength + 1)..].Split('-');
        if (numbers.Length > 2 || !TryNumber(numbers[0], out var domain))
            return false;
        var place = 0;
        if (numbers.Length == 2 && (!TryNumber(numbers[1], out place) || place == 0))
            return false;
        id = new MessageId(record, domain, place);
        return id.ToString() == text; // one spelling for each message
    }

    /// <inheritdoc/>
    public override string ToString() => Place == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Record}-{Domain}")
        : string.Create(CultureInfo.InvariantCulture, $"{Record}-{Domain}-{Place}");

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length <= 9;
}
