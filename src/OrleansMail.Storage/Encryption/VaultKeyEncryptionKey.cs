using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// A key in a vault that wraps and unwraps by RSA-OAEP-256 and never leaves it (Key Vault REST API, <c>wrapkey</c> and <c>unwrapkey</c>). What is wrapped is the data
/// key and its tenant's ULID behind it: the algorithm binds to nothing itself.
/// </summary>
/// <param name="key">The key's address with its version.</param>
/// <param name="pipeline">Sends and signs.</param>
internal sealed class VaultKeyEncryptionKey(Uri key, HttpPipeline pipeline) : IKeyEncryptionKey
{
    private const int UlidSize = 16;
    private const int MaxWrapped = 1024; // an RSA key of 8,192 bits

    /// <inheritdoc/>
    public async ValueTask<byte[]> WrapAsync(Incarnation tenant, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        byte[] bound = [.. plain.Span, .. tenant.Value.ToByteArray()];
        try
        {
            return await SendAsync("wrapkey", bound, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bound);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> UnwrapAsync(Incarnation tenant, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken)
    {
        var bound = await SendAsync("unwrapkey", wrapped, cancellationToken);
        try
        {
            return bound.Length == ExtendedGcm.KeySize + UlidSize && bound.AsSpan(ExtendedGcm.KeySize).SequenceEqual(tenant.Value.ToByteArray())
                ? bound[..ExtendedGcm.KeySize]
                : throw new TenantKeyUnavailableException($"What the vault unwrapped is not the key of tenant {tenant}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bound);
        }
    }

    private async ValueTask<byte[]> SendAsync(string operation, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new Uri($"{key.AbsoluteUri.TrimEnd('/')}/{operation}?api-version=7.4"));
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new Operation("RSA-OAEP-256", Base64Url.EncodeToString(value.Span)), JsonSerializerOptions.Web));
        try
        {
            await pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or AggregateException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TenantKeyUnavailableException($"The vault {key.Host} can't be reached.", exception);
        }

        return message.Response.Status == 200
            ? Parse(message.Response.Content)
            : throw new TenantKeyUnavailableException($"The vault {key.Host} refuses its key with {message.Response.Status}.");
    }

    private byte[] Parse(BinaryData content)
    {
        try
        {
            if (JsonSerializer.Deserialize<Result>(content.ToMemory().Span, JsonSerializerOptions.Web)?.Value is { Length: > 0 and <= 2 * MaxWrapped } value)
                return Base64Url.DecodeFromChars(value);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            // Not kept as a cause: its text may quote the key.
        }

        throw new TenantKeyUnavailableException($"The vault {key.Host} answers what is no key.");
    }

    private sealed record Operation(string Alg, string Value);

    private sealed record Result(string? Value);
}
