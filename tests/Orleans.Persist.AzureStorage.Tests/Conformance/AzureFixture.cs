using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Hosting;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.AzureStorage.Tests.Conformance;

/// <summary>A table and a container of its own in the Azurite that all tests share.</summary>
public sealed class AzureFixture : StorageFixture
{
    private readonly Lazy<Task<AzureStorageOptions>> _options = new(SharedAzurite.NewOptionsAsync);

    public override async ValueTask<IStorage> OpenAsync() => await AzurePersistStorage.OpenAsync(await _options.Value, Clock);
}
