namespace OrleansMail.Server.Api.Requests;

/// <summary>Fields that an answer has and a request may repeat without effect, so that what was read can be changed and sent back.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ReadOnlyFieldsAttribute(params string[] names) : Attribute
{
    /// <summary>Their names in JSON.</summary>
    public IReadOnlyList<string> Names => names;
}
