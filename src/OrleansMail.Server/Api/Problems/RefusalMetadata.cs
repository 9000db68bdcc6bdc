namespace OrleansMail.Server.Api.Problems;

/// <summary>Says of an operation which errors it answers with; the OpenAPI document shows them.</summary>
internal sealed record RefusalMetadata(IReadOnlyList<ProblemCode> Codes);

/// <summary>Adds <see cref="RefusalMetadata"/>.</summary>
internal static class RefusalConventions
{
    /// <summary>Says which errors an operation, or every one of a group, answers with.</summary>
    public static T Refuses<T>(this T builder, params ProblemCode[] codes) where T : IEndpointConventionBuilder =>
        builder.WithMetadata(new RefusalMetadata(codes));
}
