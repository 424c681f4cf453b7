using Orleans.Persist.Journal;

namespace Orleans.Persist.Grains;

/// <summary>The place of one activation on the list of senders. Any grain that sends, has an <see cref="IMessageGrain"/> and delivers again what its recovery finds unacknowledged, can have one.</summary>
/// <param name="keeper">The silo's.</param>
/// <param name="grain">The grain's id.</param>
/// <param name="limit">The longest that storing the entry takes.</param>
internal sealed class SenderEntry(SenderKeeper keeper, string grain, TimeSpan limit)
{
    private ListedSender? _listed;

    /// <summary>To be awaited before a send is stored, and in an activation that finds unacknowledged ones: has the grain woken when this activation is lost. Costs nothing from the second time on.</summary>
    /// <exception cref="JournalException">It could not be stored: the send must not be.</exception>
    public ValueTask StayAwakeAsync() => _listed is null ? AddAsync() : default;

    /// <summary>To be awaited when the activation ends.</summary>
    /// <param name="settled">Whether all that was sent is acknowledged. Otherwise the grain is woken soon.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="JournalException">The entry could not be taken off: the grain will be woken for nothing.</exception>
    public async ValueTask EndAsync(bool settled, CancellationToken cancellationToken)
    {
        if (_listed is null)
            return;
        if (settled)
            await keeper.RemoveAsync(_listed, cancellationToken).ConfigureAwait(true);
        else
            keeper.Wake(_listed);
    }

    private async ValueTask AddAsync()
    {
        var sender = new ListedSender(grain, keeper.Silo, Guid.NewGuid());
        using var ending = new CancellationTokenSource(limit, keeper.Time);
        try
        {
            await keeper.AddAsync(sender, ending.Token).ConfigureAwait(true);
        }
        catch (OperationCanceledException e)
        {
            throw new JournalUnavailableException($"That '{grain}' sends could not be noted within {limit}.", e);
        }

        _listed = sender;
    }
}
