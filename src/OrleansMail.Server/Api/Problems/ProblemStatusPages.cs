using Microsoft.AspNetCore.Diagnostics;

namespace OrleansMail.Server.Api.Problems;

/// <summary>Gives a body to errors that the framework answers with a bare status: unknown routes, methods, media types.</summary>
internal static class ProblemStatusPages
{
    /// <summary>Writes the problem of the status.</summary>
    public static Task WriteAsync(StatusCodeContext context) =>
        new ProblemResult(ProblemCodes.OfStatus(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext);
}
