namespace Orleans.Persist.Subscriptions;

/// <summary>The named subscriptions of event sources: readers that need not keep their place themselves, wherever they run.</summary>
public interface INamedSubscriptions
{
    /// <summary>Creates a subscription, or finds it where it is there with the same definition. Its place is then where it was.</summary>
    /// <param name="source">The source; it need not have events yet.</param>
    /// <param name="name">The subscription's name, unique within the source.</param>
    /// <param name="definition">What it gives.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SubscriptionExistsException">It is there and gives something else.</exception>
    /// <exception cref="ArgumentException">A name breaks the rule, or the definition is out of bounds.</exception>
    /// <exception cref="NotSupportedException">The source is volatile: it has no place that could be kept.</exception>
    ValueTask<INamedSubscription> CreateAsync(
        string source, string name, SubscriptionDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>The subscription of this name, or null where there is none.</summary>
    /// <exception cref="ArgumentException">A name breaks the rule.</exception>
    ValueTask<INamedSubscription?> FindAsync(string source, string name, CancellationToken cancellationToken = default);

    /// <summary>The names of a source's subscriptions, in no particular order.</summary>
    IAsyncEnumerable<string> ListAsync(string source, CancellationToken cancellationToken = default);

    /// <summary>Removes a subscription and its place.</summary>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> DeleteAsync(string source, string name, CancellationToken cancellationToken = default);
}
