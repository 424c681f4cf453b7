using Orleans.Concurrency;

namespace Orleans.Persist.Tests.Sources;

/// <summary>A sink that remembers everything. Its key is the source's name, a bar, and the sink's.</summary>
public interface ICountingGrain : IGrainWithStringKey
{
    /// <summary>Its state.</summary>
    Task<CountingState> Get();

    /// <summary>Its state, once it has applied a version.</summary>
    [AlwaysInterleave]
    Task<CountingState> GetAt(long version);

    /// <summary>The version that its import covered in this activation.</summary>
    Task<long> Imported();

    /// <summary>The silo it is active on.</summary>
    Task<string> Silo();

    /// <summary>Holds a turn of the grain until <see cref="Release"/>; returns how many events were applied meanwhile.</summary>
    Task<int> Hold();

    /// <summary>Completes when <see cref="Hold"/> has begun.</summary>
    [AlwaysInterleave]
    Task Held();

    /// <summary>Ends <see cref="Hold"/>.</summary>
    [AlwaysInterleave]
    Task Release();

    /// <summary>Has it deactivate.</summary>
    Task Leave();
}
