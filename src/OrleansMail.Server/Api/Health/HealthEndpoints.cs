using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;

namespace OrleansMail.Server.Api.Health;

/// <summary><c>/health</c>: open to everyone, for probes.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health");
        group.MapGet("/live", Live).Describe("getLive", "Is the process alive?", "Answers as long as the process can answer at all.");
        group.MapGet("/ready", ReadyAsync).Describe("getReady", "Does the process take new work?", "Not while it drains or its store takes no mail.")
            .Refuses(ProblemCodes.NotReady);
    }

    private static Ok<HealthResource> Live() => TypedResults.Ok(new HealthResource("ok"));

    private static async Task<Results<Ok<HealthResource>, ProblemResult>> ReadyAsync(
        IEnumerable<IReadiness> parts, IStoreHealth store, CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            if (part.NotReadyBecause is { } reason)
                return new ProblemResult(ProblemCodes.NotReady, detail: reason);
        }

        return await store.CheckAsync(MailPlace.SharedStore, 0, cancellationToken) switch
        {
            StoreCondition.Healthy => TypedResults.Ok(new HealthResource("ok")),
            StoreCondition.Full => new ProblemResult(ProblemCodes.NotReady, detail: "The store has no room."),
            _ => new ProblemResult(ProblemCodes.NotReady, detail: "The store can't be reached."),
        };
    }
}

/// <summary>The answer to a probe.</summary>
[Description("The answer to a probe.")]
internal sealed record HealthResource([property: Description("ok.")] string Status);
