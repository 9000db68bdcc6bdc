namespace OrleansMail.Storage.Tests.Stores;

/// <summary>What stores promise whose paths become names outside this process.</summary>
public abstract class NamedStoreContract : ObjectStoreContract
{
    [Fact]
    public void A_prefix_that_leads_outside_is_refused() =>
        Assert.Throws<ArgumentException>(() => { Store.ListAsync("../", null, Cancel); });

    [Theory]
    [InlineData("")]
    [InlineData("/v")]
    [InlineData("v/")]
    [InlineData("a//b")]
    [InlineData("../v")]
    [InlineData("a/../../v")]
    [InlineData("a/./v")]
    [InlineData("a\\..\\v")]
    [InlineData("c:v")]
    [InlineData("a/v\0")]
    [InlineData("a/%2e%2e/v")]
    [InlineData("~lock")]
    [InlineData("ä")]
    public async Task A_path_of_another_form_is_refused(string path)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteValueAsync(path, Octets(1), null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadValueAsync(path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DeleteAsync(path, null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.OpenReadAsync(path, 0, 1, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CreateObjectAsync(path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CopyObjectAsync("a", path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CreateLogAsync(path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.OpenLogAsync(path, Cancel));
    }
}
