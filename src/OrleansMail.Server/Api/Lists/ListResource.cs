using System.ComponentModel;

namespace OrleansMail.Server.Api.Lists;

/// <summary>A page of a list.</summary>
[Description("A page of a list.")]
internal sealed record ListResource<T>(
    [property: Description("The items, in the list's order.")] IReadOnlyList<T> Items,
    [property: Description("The cursor of the next page; null when nothing more exists now.")] string? Next,
    [property: Description("The position behind the last item, to go on from later; null only for an empty list that has no position yet.")] string? Cursor);
