using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Requests;

/// <summary>
/// What <c>PUT</c> and <c>DELETE</c> of every resource have in common: the condition, the answer and the news of the change. A change
/// goes on when its caller hangs up, so that the news of it is never lost.
/// </summary>
internal sealed class Change(ProvisioningChanges changes)
{
    /// <summary>Creates or replaces a thing.</summary>
    /// <param name="http">The request.</param>
    /// <param name="where">What observers are told has changed.</param>
    /// <param name="ifMatch">The condition, sound.</param>
    /// <param name="version">Reads the version there is.</param>
    /// <param name="put">Makes the change, if the version is still the given one.</param>
    /// <param name="show">How the thing is shown.</param>
    /// <param name="orphaned">Which parent is missing, when the change says that one is.</param>
    public async Task<Results<Ok<TResource>, Created<TResource>, ProblemResult>> PutAsync<TValue, TResource>(
        HttpContext http,
        (TenantId Tenant, DomainName? Domain) where,
        IfMatch ifMatch,
        Func<ValueTask<string?>> version,
        Func<string?, ValueTask<ChangeResult<TValue>>> put,
        Func<TValue, TResource> show,
        Func<ValueTask<ProblemCode>> orphaned)
    {
        var (holds, expected) = await ifMatch.AgainstAsync(version);
        if (!holds)
            return new ProblemResult(ProblemCodes.VersionMismatch);
        var result = await put(expected);
        if (result.Value is not { } now)
            return await RefusalAsync(result, orphaned);
        changes.Publish(where.Tenant, where.Domain);
        SetETag(http, now.Version);
        return result.Status == ChangeStatus.Created
            ? TypedResults.Created(http.Request.Path.ToUriComponent(), show(now.Value))
            : TypedResults.Ok(show(now.Value));
    }

    /// <summary>Deletes a thing.</summary>
    public async Task<Results<NoContent, ProblemResult>> DeleteAsync(
        (TenantId Tenant, DomainName? Domain) where,
        IfMatch ifMatch,
        Func<ValueTask<string?>> version,
        Func<string?, ValueTask<ChangeStatus>> delete)
    {
        if (ifMatch.Problem is { } problem)
            return problem;
        var (holds, expected) = await ifMatch.AgainstAsync(version);
        var status = holds ? await delete(expected) : ChangeStatus.VersionMismatch;
        if (status == ChangeStatus.VersionMismatch)
            return new ProblemResult(ProblemCodes.VersionMismatch);
        if (status == ChangeStatus.Invalid)
            return new ProblemResult(ProblemCodes.ValueInvalid, where.Domain is null ? "tenant" : "domain", "The operator's own mailbox is in it.");
        if (status == ChangeStatus.Held)
            return new ProblemResult(ProblemCodes.LegalHold);
        changes.Publish(where.Tenant, where.Domain);
        return TypedResults.NoContent();
    }

    /// <summary>Answers <c>GET</c> with the version in <c>ETag</c>.</summary>
    public static Results<Ok<TResource>, ProblemResult> Show<TValue, TResource>(
        HttpContext http, Versioned<TValue>? found, Func<TValue, TResource> show, ProblemCode missing)
    {
        if (found is null)
            return new ProblemResult(missing);
        SetETag(http, found.Version);
        return TypedResults.Ok(show(found.Value));
    }

    private static void SetETag(HttpContext http, string version) => http.Response.Headers[HeaderNames.ETag] = $"\"{version}\"";

    private static async ValueTask<ProblemResult> RefusalAsync<TValue>(ChangeResult<TValue> result, Func<ValueTask<ProblemCode>> orphaned) => result.Status switch
    {
        ChangeStatus.VersionMismatch => new(ProblemCodes.VersionMismatch),
        ChangeStatus.ParentNotFound => new(await orphaned()),
        ChangeStatus.Invalid => new(ProblemCodes.ValueInvalid, result.Field, result.Problem),
        ChangeStatus.Held => new(ProblemCodes.LegalHold, detail: "Its deletion has begun, and this would finish it first."),
        _ => throw new InvalidOperationException($"A change without a value can't end as {result.Status}."),
    };
}
