using Microsoft.AspNetCore.Http.Features;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Requests;

/// <summary>
/// Decodes the names in a path, each on its own, from the request target. The server decodes a path as a whole and leaves <c>%2F</c>
/// alone, so it can't tell <c>a%2Fb</c> (the local part <c>a/b</c>) from <c>a%252Fb</c> (the local part <c>a%2Fb</c>). Refuses malformed names.
/// </summary>
internal sealed class RouteText(RequestDelegate next)
{
    /// <summary>Rewrites the route values of the endpoint that was matched.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            return next(context);
        var values = context.Request.RouteValues;
        var segments = Segments(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var pattern = endpoint.RoutePattern.PathSegments;
        for (var i = 0; i < pattern.Count; i++)
        {
            if (!pattern[i].IsSimple || pattern[i].Parts[0] is not Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { IsCatchAll: false } parameter)
                continue;
            // A target with dot segments was shortened before it was matched: what matching saw is all there is then.
            if (segments.Length == pattern.Count)
                values[parameter.Name] = Uri.UnescapeDataString(segments[i]);
            if (FormOf(parameter.Name, values[parameter.Name] as string) is { } form)
                return new ProblemResult(ProblemCodes.IdInvalid, parameter.Name, form).ExecuteAsync(context);
        }

        return next(context);
    }

    private static string[] Segments(string target)
    {
        var path = target.AsSpan();
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (!path.StartsWith('/') && scheme > 0) // absolute form (RFC 9112 §3.2.2)
        {
            path = path[(scheme + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? "/" : path[slash..];
        }

        var end = path.IndexOfAny('?', '#');
        path = (end < 0 ? path : path[..end]).TrimStart('/').TrimEnd('/');
        return path.ToString().Split('/');
    }

    private static string? FormOf(string name, string? value) => name switch
    {
        "tenant" when !TenantId.TryParse(value, out _) => "A tenant's id is 1 to 63 of a-z, 0-9 and '-'.",
        "domain" when !DomainName.TryParse(value, out _) => "A domain is a host name such as example.org, at most 253 characters.",
        "mailbox" when !LocalPart.TryParse(value, out _) => "A mailbox is named by its local part: 1 to 64 octets of UTF-8 without control characters, URL-encoded.",
        "alias" when !LocalPart.TryParse(value?.EndsWith('*') == true ? value[..^1] : value, out _) => "An alias is named by a local part, or by a prefix followed by '*', URL-encoded.",
        "address" when !MailAddress.TryParse(value, out _) => "An address is local-part@domain, URL-encoded.",
        _ => null,
    };
}
