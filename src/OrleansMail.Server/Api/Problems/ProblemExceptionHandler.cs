using Microsoft.AspNetCore.Diagnostics;
using Orleans.Storage;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Api.Problems;

/// <summary>Turns exceptions into problems, and logs those that are ours to mend: the only place that does.</summary>
internal sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true; // nobody is left to read an answer
        }

        var code = CodeOf(exception);
        if (code == ProblemCodes.Internal)
            Log.Failed(logger, exception, httpContext.Request.Method, httpContext.GetEndpoint()?.DisplayName);
        else if (code.Status >= StatusCodes.Status500InternalServerError)
            Log.Unavailable(logger, httpContext.GetEndpoint()?.DisplayName, code.Code, exception.Message);
        await new ProblemResult(code).ExecuteAsync(httpContext);
        return true;
    }

    // Orleans wraps what a grain's storage throws, so causes are looked at too.
    private static ProblemCode CodeOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            ProblemCode? code = cause switch
            {
                BadHttpRequestException bad => ProblemCodes.OfStatus(bad.StatusCode),
                StoreFullException => ProblemCodes.StoreFull,
                StoreUnavailableException => ProblemCodes.StoreUnavailable,
                PayloadDamagedException => ProblemCodes.PayloadDamaged,
                InconsistentStateException or TimeoutException or OrleansMessageRejectionException or SiloUnavailableException or OperationCanceledException =>
                    ProblemCodes.Unavailable,
                _ => null,
            };
            if (code is not null)
                return code;
        }

        return ProblemCodes.Internal;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed.", EventName = "ApiRequestFailed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string? endpoint);

        [LoggerMessage(LogLevel.Warning, "{Endpoint} answered {Code}: {Reason}", EventName = "ApiUnavailable")]
        public static partial void Unavailable(ILogger logger, string? endpoint, string code, string reason);
    }
}
