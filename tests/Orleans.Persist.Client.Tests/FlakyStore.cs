using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Client.Tests;

/// <summary>A store that fails the next calls, as one whose journal does.</summary>
internal sealed class FlakyStore : IScopedStore
{
    public int Failures { get; set; }

    public int Loads { get; private set; }

    public int Saves { get; private set; }

    public ValueTask SaveAsync(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default)
    {
        Saves++;
        Fail();
        return default;
    }

    public ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default)
    {
        Loads++;
        Fail();
        return new(new LoadResult(LoadOutcome.Found, new byte[] { 1 }));
    }

    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default) => default;

    private void Fail()
    {
        if (Failures-- > 0)
            throw new JournalUnavailableException("test");
    }
}
