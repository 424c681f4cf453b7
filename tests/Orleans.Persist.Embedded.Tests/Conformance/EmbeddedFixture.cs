using Orleans.Persist.Hosting;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Embedded.Tests.Conformance;

/// <summary>The embedded storage in a temporary directory, with small segments so that every test crosses some.</summary>
public sealed class EmbeddedFixture : StorageFixture
{
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-persist-").FullName;

    public override async ValueTask<IStorage> OpenAsync() =>
        await EmbeddedStorage.OpenAsync(_path, new EmbeddedOptions { SegmentBytes = 64 << 10 }, Clock);

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_path, recursive: true);
        return base.DisposeAsync();
    }
}
