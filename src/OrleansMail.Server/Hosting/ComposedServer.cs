using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Server.Hosting.Listening;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Server.Hosting.Storage;

namespace OrleansMail.Server.Hosting;

/// <summary>The whole server, ready to be started. Disposing closes the application first and its store last.</summary>
/// <param name="Application">The host.</param>
/// <param name="Settings">What it was told.</param>
/// <param name="Listeners">Where it listens.</param>
/// <param name="Store">Where mail is kept.</param>
/// <param name="Certificates">What its listeners show.</param>
internal sealed record ComposedServer(WebApplication Application, OrleansMailSettings Settings, ServerListeners Listeners, OpenedStore Store, ServerCertificates Certificates) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        await Store.DisposeAsync();
    }
}
