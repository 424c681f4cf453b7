using System.Buffers.Binary;
using System.Globalization;
using Orleans.Persist.Hosting;
using Orleans.Persist.Snapshots;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Projections;

/// <summary>The snapshots of one projection over one source or aggregate: the n-th is the state after n times so many events, under an owner of its own in the snapshot store.</summary>
/// <remarks>Their data are the latest publisher's time (i64 ticks), and the serialized state.</remarks>
internal sealed class StateSnapshots(ISnapshotStore store, string source, Projection projection, string? subject, int incarnation)
{
    private const int Prefix = 8;

    // A fold over other types, or with another interval, is another fold.
    private readonly string _type = string.Create(
        CultureInfo.InvariantCulture, $"state:{projection.SnapshotEvery}:{(projection.Types is { } types ? EventCursor.HashOf(types) : 0):x}");

    /// <summary>The newest snapshot that holds nothing later than asked for, with its state. Higher numbers cover more, so it is found by halving.</summary>
    public async ValueTask<(StateSnapshot Snapshot, TState? State)> FindAsync<TState>(
        Projection<TState> fold, long version, DateTimeOffset? time, CancellationToken cancellationToken)
        where TState : notnull
    {
        var (low, high) = (0L, 1L);
        while (await IsUsableAsync(high).ConfigureAwait(false))
            (low, high) = (high, high * 2);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (await IsUsableAsync(middle).ConfigureAwait(false))
                low = middle;
            else
                high = middle;
        }

        for (; low > 0; low--)
        {
            var (snapshot, state) = await ReadAsync(low, cancellationToken).ConfigureAwait(false);
            if (snapshot.Number == 0)
                continue;
            try
            {
                return (snapshot, fold.Deserialize(state));
            }
            catch (FormatException)
            {
                // As a damaged one: the one before it covers less, and the events say the rest.
            }
        }

        return (StateSnapshot.None, default);

        async ValueTask<bool> IsUsableAsync(long number)
        {
            var (found, _) = await ReadAsync(number, cancellationToken).ConfigureAwait(false);
            return found.Number > 0 && found.Version <= version && !(found.Newest > time);
        }
    }

    public async ValueTask SaveAsync(StateSnapshot snapshot, ReadOnlyMemory<byte> state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var data = new byte[Prefix + state.Length];
        BinaryPrimitives.WriteInt64LittleEndian(data, snapshot.Newest.UtcTicks);
        state.CopyTo(data.AsMemory(Prefix));
        await store.SaveAsync(
            Owner(snapshot.Number),
            new Snapshot { Incarnation = incarnation, Version = snapshot.Version, Time = now, Type = _type, SchemaVersion = projection.SchemaVersion, Data = data },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(StateSnapshot Snapshot, ReadOnlyMemory<byte> State)> ReadAsync(long number, CancellationToken cancellationToken)
    {
        await foreach (var (_, snapshot, _) in store.ReadAsync(Owner(number), cancellationToken).ConfigureAwait(false))
        {
            if (snapshot is null || snapshot.Incarnation != incarnation || snapshot.SchemaVersion != projection.SchemaVersion || snapshot.Type != _type || snapshot.Data.Length < Prefix)
                continue;
            var newest = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(snapshot.Data.Span), TimeSpan.Zero);
            return (new StateSnapshot(number, snapshot.Version, newest), snapshot.Data[Prefix..]);
        }

        return (StateSnapshot.None, default);
    }

    private string Owner(long number) => SystemNames.StateSnapshot(source, projection.Name, subject, number);
}
