using Google.Protobuf;
using Orleans.Persist.Protocol;

namespace Orleans.Persist.Client;

/// <summary>The values of one scope; <see cref="EventStoreClient"/> makes it.</summary>
/// <remarks>Every call fails with <see cref="EventStoreException"/> where the service refuses it or cannot be reached in time, and with <see cref="InvalidOperationException"/> while the client is not connected.</remarks>
public sealed class EventStoreScope
{
    private readonly EventStoreClient _client;
    private readonly ScopeType _scope;

    internal EventStoreScope(EventStoreClient client, ScopeType scope) => (_client, _scope) = (client, scope);

    /// <summary>Saves a value; when it returns, the value is durable. Not made again where it is not known whether it happened.</summary>
    /// <param name="key">The key; not empty.</param>
    /// <param name="value">The value.</param>
    /// <param name="ttlSeconds">How many seconds it can be loaded; 0 for the service's default of the scope.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The key is empty or the time to live negative.</exception>
    public Task SaveValueAsync(string key, ReadOnlyMemory<byte> value, int ttlSeconds, CancellationToken cancellationToken = default)
    {
        var request = new SaveRequest { Location = Location(key), Ttl = ttlSeconds, Value = UnsafeByteOperations.UnsafeWrap(value) };
        return LocationRules.Problem(ttlSeconds) is { } problem
            ? throw new ArgumentException(problem)
            : _client.CallAsync("/protob.EventStore/Save", request, SaveResponse.Parser, Retry.Unsent, cancellationToken);
    }

    /// <summary>Loads a value.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    /// <exception cref="ValueNotFoundException">There is none, or it has expired.</exception>
    public async Task<ReadOnlyMemory<byte>> LoadValueAsync(string key, CancellationToken cancellationToken = default)
    {
        try
        {
            var request = new LoadRequest { Location = Location(key) };
            return (await _client.CallAsync("/protob.EventStore/Load", request, LoadResponse.Parser, Retry.Always, cancellationToken).ConfigureAwait(false)).Value.Memory;
        }
        catch (EventStoreException e) when (IsNotThere(e, out var expired))
        {
            throw new ValueNotFoundException(e.Status, e.Message, expired);
        }
    }

    /// <summary>Deletes a value, if there is one; when it returns, that is durable. Not made again where it is not known whether it happened.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public Task DeleteValueAsync(string key, CancellationToken cancellationToken = default) =>
        _client.CallAsync("/protob.EventStore/Delete", new DeleteRequest { Location = Location(key) }, DeleteResponse.Parser, Retry.Unsent, cancellationToken);

    private LocationType Location(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var location = new LocationType { Scope = _scope, Key = key };
        return LocationRules.Problem(location) is { } problem ? throw new ArgumentException(problem) : location;
    }

    /// <summary>The published codes do not tell a value that is not there from a bad request; the texts do.</summary>
    private static bool IsNotThere(EventStoreException error, out bool expired)
    {
        expired = error.Message.EndsWith("is expired", StringComparison.Ordinal);
        return error.Status is GrpcStatus.NotFound
            || (error.Status is GrpcStatus.InvalidArgument && (expired || error.Message.EndsWith("not present at store", StringComparison.Ordinal)));
    }
}
