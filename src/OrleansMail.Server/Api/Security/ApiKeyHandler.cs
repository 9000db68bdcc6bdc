using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Keys;

namespace OrleansMail.Server.Api.Security;

/// <summary><c>Authorization: Bearer KEY</c> (RFC 6750 §2.1): the operator's key, or the secret of a tenant's.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    IOptionsMonitor<ApiOptions> options,
    TenantKeyDirectory keys,
    ILoggerFactory logger,
    UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Bearer";

    private const string Prefix = "Bearer ";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        return await IdentifyAsync(header[Prefix.Length..].Trim(' ')) is { } identity
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName))
            : AuthenticateResult.Fail("The key is not known.");
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = SchemeName;
        return new ProblemResult(ProblemCodes.Unauthorized).ExecuteAsync(Context);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        new ProblemResult(ProblemCodes.Forbidden).ExecuteAsync(Context);

    private async ValueTask<ClaimsIdentity?> IdentifyAsync(string secret)
    {
        if (IsOperatorKey(secret))
            return new ClaimsIdentity([new Claim(ClaimTypes.Role, ApiPolicies.Operator)], SchemeName);
        return await keys.FindAsync(secret, Context.RequestAborted) is { } key ? new TenantKeyIdentity(key) : null;
    }

    // Digests are compared, so that neither the key's length nor how much of it is right shows in the time taken.
    private bool IsOperatorKey(string given)
    {
        if (options.CurrentValue.OperatorKey is not { Length: >= ApiOptions.MinOperatorKey } expected)
            return false;
        Span<byte> givenHash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expectedHash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(given), givenHash);
        SHA256.HashData(Encoding.UTF8.GetBytes(expected), expectedHash);
        return CryptographicOperations.FixedTimeEquals(givenHash, expectedHash);
    }
}
