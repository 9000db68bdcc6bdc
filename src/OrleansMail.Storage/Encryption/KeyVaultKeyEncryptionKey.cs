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
/// A key in Azure Key Vault, which never leaves it: the operations wrapKey and unwrapKey by RSA-OAEP-256. RSA has no associated data, so what is
/// wrapped is <c>tenant ULID 16 | data key 32</c>, and the tenant is compared afterwards.
/// </summary>
internal sealed class KeyVaultKeyEncryptionKey(HttpPipeline pipeline, Uri key, string name) : IKeyEncryptionKey
{
    private const string Algorithm = "RSA-OAEP-256";
    private const string ApiVersion = "7.4";
    private const int TenantSize = 16;

    /// <inheritdoc/>
    public async ValueTask<byte[]> WrapAsync(Incarnation tenant, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        byte[] bound = [.. tenant.Value.ToByteArray(), .. key.Span];
        try
        {
            return await CallAsync("wrapkey", bound, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bound);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> UnwrapAsync(Incarnation tenant, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken)
    {
        var bound = await CallAsync("unwrapkey", wrapped, cancellationToken);
        try
        {
            if (bound.Length != TenantSize + ExtendedGcm.KeySize || !bound.AsSpan(0, TenantSize).SequenceEqual(tenant.Value.ToByteArray()))
                throw new TenantKeyUnavailableException($"The key of tenant {tenant} was not wrapped for it by {name}.");
            return bound[TenantSize..];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bound);
        }
    }

    private async ValueTask<byte[]> CallAsync(string operation, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        try
        {
            using var message = pipeline.CreateMessage();
            message.Request.Method = RequestMethod.Post;
            message.Request.Uri.Reset(key);
            message.Request.Uri.AppendPath($"/{operation}", escape: false);
            message.Request.Uri.AppendQuery("api-version", ApiVersion);
            message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
            message.Request.Content = RequestContent.Create(
                JsonSerializer.SerializeToUtf8Bytes(new Operand(Algorithm, Base64Url.EncodeToString(value.Span)), JsonSerializerOptions.Web));
            await pipeline.SendAsync(message, cancellationToken);
            return ResultOf(message.Response);
        }
        catch (Exception exception) when (exception is RequestFailedException or AuthenticationFailedException or AggregateException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TenantKeyUnavailableException($"{name} can't be reached.", exception);
        }
    }

    private byte[] ResultOf(Response response)
    {
        if (response.Status != 200)
            throw new TenantKeyUnavailableException($"{name} was refused with status {response.Status}.");
        try
        {
            var result = response.Content.ToObjectFromJson<Result>(JsonSerializerOptions.Web);
            return Base64Url.DecodeFromChars(result?.Value ?? throw new FormatException("No value."));
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new TenantKeyUnavailableException($"{name} answered what is no key.", exception);
        }
    }

    private sealed record Operand(string Alg, string Value);

    private sealed record Result(string? Value);
}
