using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace OrleansMail.Server.Api.Problems;

/// <summary>An answer that is an error.</summary>
/// <param name="code">Which.</param>
/// <param name="field">What is at fault.</param>
/// <param name="detail">What to do, when the occasion knows more than the code does.</param>
internal sealed class ProblemResult(ProblemCode code, string? field = null, string? detail = null) : IResult
{
    /// <summary>The media type of RFC 9457.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>Which error it is.</summary>
    public ProblemCode Code => code;

    /// <summary>The request's name in traces and logs.</summary>
    public static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = code.Status;
        if (code.RetryAfter is { } seconds)
            response.Headers[HeaderNames.RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture);
        response.Headers[HeaderNames.CacheControl] = "no-store";
        var problem = new Problem(code.Type, code.Title, code.Status, detail ?? code.Detail, code.Code, field, TraceIdOf(httpContext));
        var options = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return response.WriteAsJsonAsync(problem, options, ContentType, httpContext.RequestAborted);
    }
}
