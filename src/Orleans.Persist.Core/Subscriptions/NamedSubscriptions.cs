using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>The named subscriptions of the sources of one journal. A journal that several processes share keeps each subscription's place, but leases hold within one process.</summary>
/// <param name="journal">The journal, once it is open.</param>
/// <param name="isVolatile">Whether a source has no journal.</param>
/// <param name="time">The clock.</param>
internal sealed class NamedSubscriptions(Func<IJournal> journal, Func<string, bool> isVolatile, TimeProvider time) : INamedSubscriptions, IDisposable
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(string Source, string Name), NamedSubscription> _known = new();
    private readonly SemaphoreSlim _gate = new(1);

    /// <inheritdoc/>
    public async ValueTask<INamedSubscription> CreateAsync(
        string source, string name, SubscriptionDefinition definition, CancellationToken cancellationToken = default)
    {
        Validate(source, name);
        ArgumentNullException.ThrowIfNull(definition);
        definition.Validate();
        if (isVolatile(source))
            throw new NotSupportedException($"The source '{source}' is volatile: its events begin anew with every start, so there is no place to keep.");
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var known = await FindOrLoadAsync(source, name, cancellationToken).ConfigureAwait(false);
            if (known is null)
            {
                await CreateNewAsync(source, name, definition, cancellationToken).ConfigureAwait(false);
                known = await FindOrLoadAsync(source, name, cancellationToken).ConfigureAwait(false) ?? throw new SubscriptionNotFoundException(source, name);
            }

            return known.Definition.IsSameAs(definition) ? known : throw new SubscriptionExistsException(source, name);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<INamedSubscription?> FindAsync(string source, string name, CancellationToken cancellationToken = default)
    {
        Validate(source, name);
        if (_known.TryGetValue((source, name), out var known))
            return known;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await FindOrLoadAsync(source, name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string source, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        SystemNames.ValidateUserName(source, "source");
        var prefix = SystemNames.SubscriptionPrefix(source);
        await foreach (var head in journal().ListStreamsAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (head.Exists)
                yield return head.Stream[prefix.Length..];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string source, string name, CancellationToken cancellationToken = default)
    {
        Validate(source, name);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await FindOrLoadAsync(source, name, cancellationToken).ConfigureAwait(false) is not { } known)
                return false;
            await known.DeleteAsync(cancellationToken).ConfigureAwait(false);
            _known.TryRemove((source, name), out _);
            known.Dispose();
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var known in _known.Values)
            known.Dispose();
        _gate.Dispose();
    }

    private static void Validate(string source, string name)
    {
        SystemNames.ValidateUserName(source, "source");
        StreamName.Validate(name, "subscription");
    }

    private async ValueTask<NamedSubscription?> FindOrLoadAsync(string source, string name, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((source, name), out var known))
            return known;
        var stored = new SubscriptionJournal(source, name, journal(), StoreTimeout, time);
        if (await stored.LoadAsync(cancellationToken).ConfigureAwait(false) is not var (definition, record))
        {
            stored.Dispose();
            return null;
        }

        var place = new SubscriptionPlace();
        place.Reset(record.Incarnation, 1);
        place.Merge(record);
        return _known[(source, name)] = new NamedSubscription(source, name, definition, place, journal(), stored, time);
    }

    private async ValueTask CreateNewAsync(string source, string name, SubscriptionDefinition definition, CancellationToken cancellationToken)
    {
        var head = await journal().GetHeadAsync(source, cancellationToken).ConfigureAwait(false);
        using var stored = new SubscriptionJournal(source, name, journal(), StoreTimeout, time);
        var record = new SubscriptionRecord { Definition = definition, Incarnation = head.Incarnation, Next = definition.FromVersion ?? head.FirstVersion };
        await stored.CreateAsync(record, cancellationToken).ConfigureAwait(false);
    }
}
