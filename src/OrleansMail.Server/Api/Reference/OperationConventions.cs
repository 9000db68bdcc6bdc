using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Reference;

/// <summary>What the reference says of an operation.</summary>
internal static class OperationConventions
{
    /// <summary>Names an operation and says what it does.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, string id, string summary, string description) =>
        builder.WithName(id).WithSummary(summary).WithDescription(description);

    /// <summary>The errors of every <c>PUT</c>, and further ones. A tenant that a key does not belong to is not there for it.</summary>
    public static RouteHandlerBuilder RefusesChanges(this RouteHandlerBuilder builder, params ProblemCode[] further) => builder
        .Refuses(
            ProblemCodes.TenantNotFound,
            ProblemCodes.JsonInvalid,
            ProblemCodes.FieldUnknown,
            ProblemCodes.IfMatchInvalid,
            ProblemCodes.VersionMismatch,
            ProblemCodes.BodyTooLarge,
            ProblemCodes.MediaTypeUnsupported,
            ProblemCodes.StoreFull)
        .Refuses(further);

    /// <summary>The errors of every <c>DELETE</c>; a tenant that is not there is one only for a key of another.</summary>
    public static RouteHandlerBuilder RefusesDeletion(this RouteHandlerBuilder builder) =>
        builder.Refuses(ProblemCodes.TenantNotFound, ProblemCodes.IfMatchInvalid, ProblemCodes.VersionMismatch, ProblemCodes.StoreFull);
}
