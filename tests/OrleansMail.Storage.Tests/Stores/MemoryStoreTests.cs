using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>The contract over the store in memory, so that what is tested over it holds for the others.</summary>
public sealed class MemoryStoreTests : ObjectStoreContract
{
    protected override ValueTask<IObjectStore> OpenStoreAsync() => ValueTask.FromResult<IObjectStore>(new MemoryObjectStore());
}
