using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Messages;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;
using OrleansMail.Server.Keys;

namespace OrleansMail.Server.Api;

/// <summary>What the API needs of the container.</summary>
internal static class ApiServices
{
    /// <summary>
    /// Adds the API. The host also registers <see cref="ICursorKey"/>, <c>ITenantIndex</c>, <c>IPayloadStore</c> and
    /// <c>IStoreHealth</c>, and any number of <see cref="IProvisioningObserver"/> and <see cref="IReadiness"/>.
    /// </summary>
    public static IServiceCollection AddOrleansMailApi(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddTenantKeys();
        services.AddSingleton<CursorCodec>();
        services.AddSingleton<ProvisioningChanges>();
        services.AddSingleton<Change>();
        services.AddSingleton<MessageWaiter>();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.AddAuthentication(ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .AddPolicy(ApiPolicies.Operator, policy => policy.RequireRole(ApiPolicies.Operator))
            .AddPolicy(ApiPolicies.Key, policy => policy.RequireAuthenticatedUser());
        services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // nosniff is on every answer, so text may stay readable
            json.NumberHandling = JsonNumberHandling.Strict;
            json.RespectNullableAnnotations = true;
            json.RespectRequiredConstructorParameters = true;
            json.Converters.Add(new JsonStringEnumConverter(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        });
        return services.AddApiReference();
    }
}
