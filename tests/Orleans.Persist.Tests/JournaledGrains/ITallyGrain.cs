using Orleans.Concurrency;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>A message-journaled grain that others would like to bring something by other ways than calls.</summary>
public interface ITallyGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    /// <summary>Changes the state, sends to itself, and throws.</summary>
    Task AddAndThrow(int amount);

    Task StartOrleansTimer();

    /// <summary>A query that goes on beside calls: the sum, and again each time it is another, until it is as high as this.</summary>
    IAsyncEnumerable<int> SumsUpTo(int last, CancellationToken cancellationToken = default);

    /// <summary>A query that does what only calls may.</summary>
    IAsyncEnumerable<int> ChangeWhileEnumerated();

    [ReadOnly]
    Task<(int Sum, long Version, Guid Activation)> Report();
}
