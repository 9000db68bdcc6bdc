using Microsoft.AspNetCore.Http.HttpResults;
using OrleansMail.Contracts;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Security;

namespace OrleansMail.Server.Api.Removals;

/// <summary><c>/v1/removals</c>.</summary>
internal static class RemovalEndpoints
{
    /// <summary>Maps the route.</summary>
    public static void MapRemovals(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/removals", ListAsync).WithTags("Tenants").RequireAuthorization(ApiPolicies.Operator)
            .Describe("listRemovals", "List removals", "What became of the mail of deleted tenants, in order of their creation; kept for 400 days.")
            .Refuses(ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);

    private static async Task<Results<Ok<ListResource<RemovalResource>>, ProblemResult>> ListAsync(
        string? cursor, string? limit, IGrainFactory grains, CursorCodec cursors, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead("removals", cursors, cursor, limit, out var request) is { } problem)
            return problem;
        var page = await grains.GetRemovals().ListAsync(request.After, request.Limit, cancellationToken);
        return TypedResults.Ok(request.Answer(page, RemovalResource.From, r => r.Incarnation.ToString()));
    }
}
