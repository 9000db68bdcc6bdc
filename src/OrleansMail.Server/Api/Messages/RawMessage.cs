using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Messages;

/// <summary>A message's octets as an answer: ranges and conditions are the framework's (RFC 9110 §13, §14).</summary>
internal sealed class RawMessage(StoredMessage message, IPayloadStore payloads) : IResult
{
    /// <summary>The operation's id.</summary>
    public const string OperationId = "getRawMessage";

    /// <summary>The media type.</summary>
    public const string ContentType = "message/rfc822";

    /// <summary>For the reference.</summary>
    public const string Description =
        "The trace lines added here followed by the exact octets received. ETag is the SHA-256; one range may be asked for (206, 416); If-None-Match gives 304, If-Range is respected.";

    /// <summary>Answers with the payload, which is opened when its first octet is needed.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers[HeaderNames.CacheControl] = "private, no-cache"; // a cache has to ask: the message may be deleted
        response.Headers[HeaderNames.AcceptRanges] = "bytes";
        await Stream(httpContext.Request).ExecuteAsync(httpContext);
        if (response.StatusCode != StatusCodes.Status416RangeNotSatisfiable || response.HasStarted)
            return;
        response.Headers.Remove(HeaderNames.ContentDisposition);
        response.ContentLength = null;
        await new ProblemResult(ProblemCodes.RangeNotSatisfiable).ExecuteAsync(httpContext);
    }

    private FileStreamHttpResult Stream(HttpRequest request) => TypedResults.Stream(
        new PayloadStream(payloads, message.Location),
        ContentType,
        $"{message.Id}.eml",
        entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(message.Sha256.Span)}\""),
        enableRangeProcessing: IsInOctets(request.Headers.Range));

    // RFC 9110 §14.2: a range in a unit that is not known is ignored; the framework does not look at the unit.
    private static bool IsInOctets(string? range) => range is null || range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase);
}
