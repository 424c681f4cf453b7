namespace Orleans.Persist.Subscriptions;

/// <summary>A subscription's place in memory: what comes next, and what was given and is not acknowledged. Not safe for concurrent use.</summary>
internal sealed class SubscriptionPlace
{
    private readonly Dictionary<long, Delivery> _outstanding = [];
    private readonly SortedSet<long> _due = [];
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);

    /// <summary>The incarnation of the source's stream.</summary>
    public int Incarnation { get; private set; } = 1;

    /// <summary>The next version to look at.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>How many events were given and are not acknowledged.</summary>
    public int Outstanding => _outstanding.Count;

    /// <summary>How many of them are leased.</summary>
    public int Leased => _outstanding.Count - _due.Count;

    /// <summary>Up to here everything is acknowledged.</summary>
    public long Settled => _outstanding.Count == 0 ? Next - 1 : _outstanding.Keys.Min() - 1;

    /// <summary>The lowest version that will be read, given the leases that last.</summary>
    public long Wanted => _due.Count > 0 ? Math.Min(_due.Min, Next) : Next;

    /// <summary>When the next lease is over.</summary>
    public TimeSpan? NextExpiry => _leases.Count == 0 ? null : _leases.Values.Min(lease => lease.Until);

    /// <summary>The lowest versions that are due again.</summary>
    public IReadOnlyList<long> Due(int max) => [.. _due.Take(max)];

    /// <summary>Begins anew at a version.</summary>
    public void Reset(int incarnation, long next)
    {
        _outstanding.Clear();
        _due.Clear();
        _leases.Clear();
        (Incarnation, Next) = (incarnation, next);
    }

    /// <summary>Leases events out, those that were due again and new ones.</summary>
    /// <param name="lease">The lease's id.</param>
    /// <param name="until">When it is over.</param>
    /// <param name="again">Versions that were due. Those that were acknowledged meanwhile are left out.</param>
    /// <param name="fresh">New versions.</param>
    /// <param name="next">What <see cref="Next"/> is then.</param>
    /// <returns>How often each of the leased versions has been given, this time included.</returns>
    public Dictionary<long, int> Deliver(string lease, TimeSpan until, IEnumerable<long> again, IEnumerable<long> fresh, long next)
    {
        var attempts = new Dictionary<long, int>();
        var versions = new HashSet<long>();
        foreach (var version in again.Where(_due.Remove))
            attempts[version] = ++_outstanding[version].Attempts;
        foreach (var version in fresh)
        {
            _outstanding[version] = new Delivery { Attempts = 1 };
            attempts[version] = 1;
        }

        foreach (var version in attempts.Keys)
        {
            _outstanding[version].Lease = lease;
            versions.Add(version);
        }

        if (versions.Count > 0)
            _leases[lease] = new Lease { Until = until, Versions = versions };
        Next = next;
        return attempts;
    }

    /// <summary>Settles events, whoever holds them. Returns how many were outstanding.</summary>
    public int Acknowledge(IEnumerable<long> versions)
    {
        var settled = 0;
        foreach (var version in versions)
        {
            if (!_outstanding.Remove(version, out var delivery))
                continue;
            settled++;
            _due.Remove(version);
            if (delivery.Lease is { } id && _leases.TryGetValue(id, out var lease) && lease.Versions.Remove(version) && lease.Versions.Count == 0)
                _leases.Remove(id);
        }

        return settled;
    }

    /// <summary>Has a lease be over.</summary>
    public bool Release(string id)
    {
        if (!_leases.Remove(id, out var lease))
            return false;
        foreach (var version in lease.Versions)
        {
            _outstanding[version].Lease = null;
            _due.Add(version);
        }

        return true;
    }

    /// <summary>Has a lease last until another time.</summary>
    public bool Extend(string id, TimeSpan until)
    {
        if (!_leases.TryGetValue(id, out var lease))
            return false;
        lease.Until = until;
        return true;
    }

    /// <summary>Ends the leases that are over.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var id in _leases.Where(lease => lease.Value.Until <= now).Select(lease => lease.Key).ToArray())
            Release(id);
    }

    /// <summary>The place as it is journaled.</summary>
    public SubscriptionRecord ToRecord(SubscriptionDefinition? definition)
    {
        var versions = _outstanding.Keys.Order().ToArray();
        for (var i = versions.Length - 1; i > 0; i--)
            versions[i] -= versions[i - 1];
        return new SubscriptionRecord { Definition = definition, Incarnation = Incarnation, Next = Next, Outstanding = versions };
    }

    /// <summary>Takes over what is journaled: by this process before it began, or by another one that has the same subscription. What either says is settled is settled.</summary>
    public void Merge(SubscriptionRecord record)
    {
        if (record.Incarnation < Incarnation)
            return;
        if (record.Incarnation > Incarnation)
            Reset(record.Incarnation, 1);
        var theirs = record.Versions().ToHashSet();
        Acknowledge([.. _outstanding.Keys.Where(version => version < record.Next && !theirs.Contains(version))]);
        foreach (var version in theirs.Where(version => version >= Next))
        {
            _outstanding[version] = new Delivery();
            _due.Add(version);
        }

        Next = Math.Max(Next, record.Next);
    }

    private sealed class Delivery
    {
        public int Attempts { get; set; }

        public string? Lease { get; set; }
    }

    private sealed class Lease
    {
        public TimeSpan Until { get; set; }

        public required HashSet<long> Versions { get; init; }
    }
}
