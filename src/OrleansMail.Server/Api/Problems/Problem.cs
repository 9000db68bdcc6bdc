using System.ComponentModel;

namespace OrleansMail.Server.Api.Problems;

/// <summary>An error as RFC 9457 writes it.</summary>
[Description("What went wrong (RFC 9457), and what to do about it.")]
internal sealed record Problem(
    [property: Description("A URN that ends in the code.")] string Type,
    [property: Description("What is wrong, in a few words.")] string Title,
    [property: Description("The HTTP status.")] int Status,
    [property: Description("What to do.")] string Detail,
    [property: Description("Stable: programs compare this.")] string Code,
    [property: Description("The field, parameter or part of the path at fault; null when there is none.")] string? Field,
    [property: Description("Names this request in the server's log; also in the header X-Request-Id.")] string TraceId);
