using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>The contract over a folder.</summary>
public sealed class FolderStoreTests : ObjectStoreContract
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-store-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    protected override ValueTask<IObjectStore> OpenStoreAsync() =>
        ValueTask.FromResult<IObjectStore>(FileSystemObjectStore.Open(folder.FullName));
}
