using OrleansMail.Contracts.Provisioning;

namespace OrleansMail.Grains.Provisioning;

/// <summary>A field of a request that can't be taken, and what would be right.</summary>
internal sealed record FieldProblem(string Field, string Problem)
{
    /// <summary>As the outcome of a change.</summary>
    public ChangeResult<T> ToResult<T>() => new(ChangeStatus.Invalid, Field: Field, Problem: Problem);
}
