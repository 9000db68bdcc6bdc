using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansMail.Server.Keys;

/// <summary>Registers what tells keys apart.</summary>
internal static class TenantKeyServiceCollectionExtensions
{
    /// <summary>Adds <see cref="TenantKeyDirectory"/>, once for all that ask for it. Needs <see cref="IGrainFactory"/>.</summary>
    public static IServiceCollection AddTenantKeys(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TenantKeyDirectory>();
        return services;
    }
}
