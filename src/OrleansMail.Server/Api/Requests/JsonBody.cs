using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using OrleansMail.Server.Api.Problems;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace OrleansMail.Server.Api.Requests;

/// <summary>A request's JSON body, or what is wrong with it. No body at all is an empty object, where that is enough.</summary>
/// <typeparam name="T">What it describes.</typeparam>
internal sealed record JsonBody<T>(T? Value, ProblemResult? Problem) : IEndpointParameterMetadataProvider where T : class
{
    private const int MaxOctets = 64 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads the body.</summary>
    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > MaxOctets)
            return Refused(ProblemCodes.BodyTooLarge);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxOctets;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return Read("{}"u8.ToArray(), context);
        if (!request.HasJsonContentType())
            return Refused(ProblemCodes.MediaTypeUnsupported);
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, context.RequestAborted); // the server stops it at the limit, with 413
        return Read(buffer.ToArray(), context);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    private static JsonBody<T> Read(ReadOnlyMemory<byte> json, HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (JsonShape.FindUnknown(document.RootElement, options.GetTypeInfo(typeof(T))) is { } unknown)
                return Refused(ProblemCodes.FieldUnknown, unknown.Field, unknown.Detail);
            return document.Deserialize<T>(options) is { } value ? new(value, null) : Refused(ProblemCodes.JsonInvalid);
        }
        catch (JsonException exception)
        {
            return Refused(ProblemCodes.JsonInvalid, JsonShape.FieldOf(exception), JsonShape.Explain(exception));
        }
    }

    private static JsonBody<T> Refused(ProblemCode code, string? field = null, string? detail = null) =>
        new(null, new ProblemResult(code, field, detail));
}
