namespace OrleansMail.Server.Api.Security;

/// <summary>Names of the authorization policies.</summary>
internal static class ApiPolicies
{
    /// <summary>The caller has the operator's key. Also the name of the role.</summary>
    public const string Operator = "operator";

    /// <summary>The caller has a valid key; <see cref="TenantAccess"/> says what for.</summary>
    public const string Key = "key";
}
