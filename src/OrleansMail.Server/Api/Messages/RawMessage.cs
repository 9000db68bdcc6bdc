using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Api.Messages;

/// <summary>A message's octets as an answer: ranges and conditions are the framework's (RFC 9110 §13, §14).</summary>
internal static class RawMessage
{
    /// <summary>The operation's id.</summary>
    public const string OperationId = "getRawMessage";

    /// <summary>The media type.</summary>
    public const string ContentType = "message/rfc822";

    /// <summary>For the reference.</summary>
    public const string Description =
        "The trace lines added here followed by the exact octets received. ETag is the SHA-256; one range may be asked for (206, 416); If-None-Match gives 304, If-Range is respected.";

    /// <summary>Answers with the payload, which is opened when its first octet is needed.</summary>
    public static FileStreamHttpResult Answer(HttpContext http, StoredMessage message, IPayloadStore payloads)
    {
        http.Response.Headers[HeaderNames.CacheControl] = "private, no-cache"; // a cache has to ask: the message may be deleted
        return TypedResults.Stream(
            new PayloadStream(payloads, message.Location),
            ContentType,
            $"{message.Id}.eml",
            entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(message.Sha256.Span)}\""),
            enableRangeProcessing: true);
    }
}
