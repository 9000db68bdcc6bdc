using Microsoft.Net.Http.Headers;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;

namespace OrleansMail.Server.Api.Security;

/// <summary>Headers of every answer: the request's id, and what keeps a browser from taking an answer for something else.</summary>
internal sealed class ResponseHeaders(RequestDelegate next)
{
    /// <summary>Carries the same id as a problem's <c>traceId</c> and the log.</summary>
    public const string RequestId = "X-Request-Id";

    private const string NothingLoads = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Adds them when the answer starts, so that an error handler that clears the headers does not lose them.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    private static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers[RequestId] = ProblemResult.TraceIdOf(context);
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers[HeaderNames.ContentSecurityPolicy] = context.Request.Path.StartsWithSegments(ApiReference.Page)
            ? ApiReference.ContentSecurityPolicy
            : NothingLoads;
        return Task.CompletedTask;
    }
}
