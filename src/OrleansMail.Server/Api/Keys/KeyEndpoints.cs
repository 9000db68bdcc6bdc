using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;
using OrleansMail.Server.Keys;

namespace OrleansMail.Server.Api.Keys;

/// <summary><c>/v1/tenants/{tenant}/keys</c>.</summary>
internal static class KeyEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/tenants/{tenant}/keys").WithTags("Keys").Refuses(ProblemCodes.TenantNotFound);
        group.MapGet("", ListAsync).Describe("listKeys", "List keys", "The tenant's keys, the oldest first, also expired ones.").Needs(KeyScopes.KeysRead)
            .Refuses(ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);
        group.MapGet("/{id}", GetAsync).Describe("getKey", "Show a key", "The key without its secret; its version is in ETag.").Needs(KeyScopes.KeysRead)
            .Refuses(ProblemCodes.KeyNotFound);
        group.MapPost("", CreateAsync).Describe("createKey", "Create a key", "Makes a key and answers with its secret, this once. A tenant's key may give no scope that it lacks, and none for longer than it lasts itself.").Needs(KeyScopes.KeysWrite)
            .Refuses(ProblemCodes.JsonInvalid, ProblemCodes.FieldUnknown, ProblemCodes.BodyTooLarge, ProblemCodes.MediaTypeUnsupported, ProblemCodes.ValueInvalid, ProblemCodes.TooManyKeys, ProblemCodes.StoreFull);
        group.MapDelete("/{id}", DeleteAsync).Describe("deleteKey", "Delete a key", "Ends the key: here at once, everywhere within a second. Deleting what does not exist succeeds.").Needs(KeyScopes.KeysWrite)
            .RefusesDeletion();
    }

    private static async Task<Results<Ok<ListResource<KeyResource>>, ProblemResult>> ListAsync(
        TenantId tenant, string? cursor, string? limit, IGrainFactory grains, CursorCodec cursors, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead($"keys/{tenant}", cursors, cursor, limit, out var request) is { } problem)
            return problem;
        if (await grains.GetTenantKeys(tenant).ListAsync(request.After, request.Limit, cancellationToken) is not { } page)
            return new ProblemResult(ProblemCodes.TenantNotFound);
        return TypedResults.Ok(request.Answer(page, KeyResource.From, key => key.Id.ToString()));
    }

    private static async Task<Results<Ok<KeyResource>, ProblemResult>> GetAsync(
        TenantId tenant, string id, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await grains.GetTenantKeys(tenant).GetAsync(ReadId(id), cancellationToken);
        if (found is null && await grains.GetTenant(tenant).GetAsync(cancellationToken) is null)
            return new ProblemResult(ProblemCodes.TenantNotFound);
        return Change.Show(http, found, KeyResource.From, ProblemCodes.KeyNotFound);
    }

    private static async Task<Results<Created<CreatedKeyResource>, ProblemResult>> CreateAsync(
        TenantId tenant, JsonBody<KeyRequest> body, IGrainFactory grains, HttpContext http)
    {
        if (body.Problem is { } problem)
            return problem;
        if (!body.Value!.TryToSettings(out var settings))
            return new ProblemResult(ProblemCodes.ValueInvalid, "scopes", $"Known are: {string.Join(", ", KeyScopeNames.All)}.");
        if (GrantLimit.Check(TenantKeyIdentity.Of(http.User), settings) is { } excess)
            return excess;
        var secret = ApiKeySecret.Create();
        ApiKeySecret.TryHash(secret, out var hash);
        var result = await grains.GetTenantKeys(tenant).CreateAsync(hash, settings, CancellationToken.None);
        if (result.Value is not { } created)
            return Refusal(result);
        http.Response.Headers[HeaderNames.CacheControl] = "no-store"; // the secret is nobody else's
        http.Response.Headers[HeaderNames.ETag] = $"\"{created.Version}\"";
        return TypedResults.Created($"/v1/tenants/{tenant}/keys/{created.Value.Id}", CreatedKeyResource.From(created.Value, secret));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        TenantId tenant, string id, IfMatch ifMatch, IGrainFactory grains, TenantKeyDirectory directory)
    {
        if (ifMatch.Problem is { } problem)
            return problem;
        var (grain, key) = (grains.GetTenantKeys(tenant), ReadId(id));
        var (holds, version) = await ifMatch.AgainstAsync(async () => (await grain.GetAsync(key, CancellationToken.None))?.Version);
        if (!holds || await grain.DeleteAsync(key, version, CancellationToken.None) == ChangeStatus.VersionMismatch)
            return new ProblemResult(ProblemCodes.VersionMismatch);
        directory.Forget();
        return TypedResults.NoContent();
    }

    // One spelling for each id: lower case and look-alikes, which reading tolerates, are no ids. No key has the empty one.
    private static Ulid ReadId(string text) => Ulid.TryParse(text, out var id) && id.ToString() == text ? id : Ulid.Empty;

    private static ProblemResult Refusal(ChangeResult<ApiKey> result) => result.Status switch
    {
        ChangeStatus.ParentNotFound => new(ProblemCodes.TenantNotFound),
        ChangeStatus.LimitReached => new(ProblemCodes.TooManyKeys),
        ChangeStatus.Invalid => new(ProblemCodes.ValueInvalid, result.Field, result.Problem),
        _ => throw new InvalidOperationException($"A creation without a value can't end as {result.Status}."),
    };
}
