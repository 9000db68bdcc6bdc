using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace OrleansMail.Storage.GrainState;

/// <summary>Registers grain storage over the silo's <see cref="IObjectStore"/>, which the composition root registers.</summary>
public static class ObjectGrainStorageRegistration
{
    /// <inheritdoc cref="AddObjectGrainStorage(IServiceCollection, string)"/>
    public static ISiloBuilder AddObjectGrainStorage(this ISiloBuilder builder, string name)
    {
        builder.Services.AddObjectGrainStorage(name);
        return builder;
    }

    /// <summary>Adds the storage provider of this name, also as a keyed <see cref="Orleans.Storage.IGrainStorage"/>.</summary>
    public static IServiceCollection AddObjectGrainStorage(this IServiceCollection services, string name) =>
        services.AddGrainStorage(name, static (provider, _) => ActivatorUtilities.CreateInstance<ObjectGrainStorage>(provider));
}
