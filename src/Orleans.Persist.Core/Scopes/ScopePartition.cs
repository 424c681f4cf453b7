using Orleans.Persist.Diagnostics;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Scopes;

/// <summary>A part of the store's keys, in memory. What changes it comes from its <see cref="ScopeWriter"/>, once it is durable; only what expires goes by itself.</summary>
internal sealed class ScopePartition
{
    // So few that a load which finds the lock taken waits for some microseconds.
    private const int StepsAtOnce = 64;
    private const int SlotsAtOnce = 1024;
    private const int SpinsAtMost = 1_000;
    private readonly Lock _gate = new();
    private readonly ScopeTable _table;
    private readonly long _keptFor;
    private int _waiting;

    public ScopePartition(ScopeBudget budget, ScopedStoreOptions options, long now)
    {
        _keptFor = (long)options.ExpiredKeptFor.TotalMilliseconds;
        _table = new ScopeTable(budget, _keptFor, now);
    }

    /// <summary>The keys there are, with those that are only remembered as expired.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _table.Count;
        }
    }

    private int Slots
    {
        get
        {
            lock (_gate)
                return _table.Slots;
        }
    }

    /// <summary>The bytes that the records of all keys take in the log.</summary>
    public long RecordBytes
    {
        get
        {
            lock (_gate)
                return _table.RecordBytes;
        }
    }

    /// <summary>How often something of the log has become garbage.</summary>
    public long Dead
    {
        get
        {
            lock (_gate)
                return _table.Dead;
        }
    }

    /// <summary>The hash of a location for its bucket; another one in each process, so that nobody can choose keys that collide.</summary>
    public static int HashOf(ReadOnlySpan<byte> location)
    {
        var hash = default(HashCode);
        hash.AddBytes(location);
        return hash.ToHashCode();
    }

    public LoadResult Load(ReadOnlySpan<byte> location, int hash, long now)
    {
        Enter();
        try
        {
            var index = _table.Find(location, hash);
            if (index < 0)
                return default;
            ref var slot = ref _table[index];
            if (!slot.Expired && now < slot.Expires)
                return new LoadResult(LoadOutcome.Found, slot.Value);
            return new LoadResult(now < slot.Expires + _keptFor ? LoadOutcome.Expired : LoadOutcome.Missing);
        }
        finally
        {
            _gate.Exit();
        }
    }

    public bool Contains(ReadOnlySpan<byte> location, int hash)
    {
        lock (_gate)
            return _table.Find(location, hash) >= 0;
    }

    /// <summary>Applies what was written. The bytes of saves were taken from the budget before.</summary>
    public void Apply(ReadOnlySpan<ScopeOperation> operations, long version)
    {
        lock (_gate)
        {
            foreach (var operation in operations)
            {
                if (operation.IsSave)
                    _table.Set(operation.Location, operation.Value, operation.Hash, operation.Expires, version);
                else if (operation.IsDelete && _table.Find(operation.Location, operation.Hash) is >= 0 and var index)
                    _table.Remove(index);
            }
        }
    }

    /// <summary>Applies what was read.</summary>
    /// <param name="records">The event's records.</param>
    /// <param name="version">Its version.</param>
    /// <param name="now">What is over by then is not brought back; in milliseconds since 1970.</param>
    /// <param name="budget">The budget.</param>
    /// <exception cref="FormatException">A record is none.</exception>
    public void Replay(ReadOnlySpan<byte> records, long version, long now, ScopeBudget budget)
    {
        for (var at = 0; at < records.Length;)
        {
            var record = ScopeRecord.Read(records, ref at);
            var hash = HashOf(record.Location);
            lock (_gate)
            {
                if (record.Kind is ScopeRecord.What.Delete || now >= record.Expires + _keptFor)
                {
                    if (_table.Find(record.Location, hash) is >= 0 and var index)
                        _table.Remove(index);
                    _table.AddDead();
                    continue;
                }

                var (location, value) = (record.Location.ToArray(), now < record.Expires ? record.Value.ToArray() : null);
                budget.TakeAnyway(ScopeBudget.CostOf(location, value));
                _table.Set(location, value, hash, record.Expires, version);
            }
        }
    }

    /// <summary>Removes what stands in events below a version: they are gone, and what had still counted of them stands in later ones.</summary>
    public void DropBelow(long version)
    {
        for (var from = 0; from < Slots;)
        {
            lock (_gate)
            {
                var to = Math.Min(from + SlotsAtOnce, _table.Slots);
                for (; from < to; from++)
                {
                    if (_table[from] is { Location: not null } slot && slot.Version < version)
                        _table.Remove(from);
                    to = Math.Min(to, _table.Slots); // of a table that is empty nothing is left
                }
            }
        }
    }

    /// <summary>Frees what has expired by a time and forgets what was remembered long enough, a few keys at a time, so that loads come in between.</summary>
    /// <param name="now">The time, in milliseconds since 1970.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void Sweep(long now, CancellationToken cancellationToken)
    {
        var expired = 0;
        for (var more = true; more && !cancellationToken.IsCancellationRequested;)
        {
            lock (_gate)
            {
                for (var i = 0; i < StepsAtOnce && more; i++)
                {
                    more = _table.Step(now, out var freed);
                    expired += freed ? 1 : 0;
                }
            }

            if (more)
                LetIn();
        }

        ScopedStoreInstruments.OnExpired(expired);
    }

    /// <summary>Collects the records of slots from a place on whose events are below a version, up to a number of bytes.</summary>
    /// <returns>Whether slots may be left.</returns>
    public bool Collect(long below, ref int cursor, int maxBytes, System.Buffers.ArrayBufferWriter<byte> records, List<(int Index, long Version)> collected)
    {
        lock (_gate)
        {
            for (var i = 0; i < SlotsAtOnce && cursor < _table.Slots && records.WrittenCount < maxBytes; i++, cursor++)
            {
                ref var slot = ref _table[cursor];
                if (slot.Location is null || slot.Version >= below)
                    continue;
                ScopeRecord.Write(slot, records);
                collected.Add((cursor, slot.Version));
            }

            return cursor < _table.Slots;
        }
    }

    /// <summary>Notes where the slots that were collected stand now.</summary>
    public void Moved(List<(int Index, long Version)> collected, long version)
    {
        lock (_gate)
        {
            foreach (var (index, old) in collected)
            {
                // One that has gone meanwhile has not been taken again: only the writer adds keys, and it is here.
                if (index < _table.Slots && _table[index] is { Location: not null } slot && slot.Version == old)
                    _table[index].Version = version;
            }
        }
    }

    private void Enter()
    {
        if (_gate.TryEnter())
            return;
        Interlocked.Increment(ref _waiting);
        _gate.Enter();
        Interlocked.Decrement(ref _waiting);
    }

    /// <summary>Waits until the loads have been in that were waiting: the lock would be taken again long before one of them is awake.</summary>
    private void LetIn()
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref _waiting) > 0 && spin.Count < SpinsAtMost)
            spin.SpinOnce(sleep1Threshold: -1);
    }
}
