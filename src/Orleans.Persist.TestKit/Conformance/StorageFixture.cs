using Orleans.Persist.Hosting;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>What the author of a plug-in supplies to have it checked: one storage, empty at first, and a way to open it.</summary>
/// <remarks>Every test makes a fixture of its own with the parameterless constructor and disposes of it. Tests run in parallel.</remarks>
public abstract class StorageFixture : IAsyncDisposable
{
    /// <summary>The clock that the storage must take its recorded times from.</summary>
    public ConformanceClock Clock { get; } = new();

    /// <summary>Opens the storage. A plug-in that keeps anything finds what was there when this fixture's storage was last disposed of;
    /// for the object store and sink suites, which open again what they have closed, one in memory returns the storage it returned before.</summary>
    public abstract ValueTask<IStorage> OpenAsync();

    /// <summary>Removes whatever the storage has left behind.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}
