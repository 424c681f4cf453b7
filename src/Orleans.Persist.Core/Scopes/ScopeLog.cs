using Orleans.Persist.Journal;

namespace Orleans.Persist.Scopes;

/// <summary>The stream of a partition: appends by one writer, and how many bytes it holds.</summary>
/// <remarks>
/// An append that failed may have been stored all the same. From then on the log is in doubt: what is behind the last version that was applied
/// has to be read before anything more is appended, so that memory never differs from the journal.
/// </remarks>
internal sealed class ScopeLog(IJournal journal, string stream)
{
    /// <summary>The type of the events.</summary>
    public const string EventType = "ScopedRecords";

    /// <summary>What an event costs beside its records, about: it decides when compaction is worth while.</summary>
    private const int EventOverhead = 64;

    private StreamHead _head;

    /// <summary>The version up to which everything is applied to memory.</summary>
    public long Version { get; private set; }

    /// <summary>Whether there may be events behind <see cref="Version"/>.</summary>
    public bool InDoubt { get; private set; } = true;

    /// <summary>The bytes of the events that were read and appended since the last truncation.</summary>
    public long Bytes { get; private set; }

    /// <summary>The bytes of those since <see cref="BeginRewrite"/>.</summary>
    public long BytesRewritten { get; private set; }

    public string Stream => stream;

    /// <summary>When the journal last recorded something of the stream, in milliseconds since 1970; 0 where it never did.</summary>
    public async ValueTask<long> ReadHeadAsync(CancellationToken cancellationToken)
    {
        _head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        return _head.Recorded == default ? 0 : _head.Recorded.ToUnixTimeMilliseconds();
    }

    /// <summary>Reads what is behind <see cref="Version"/>.</summary>
    /// <remarks>
    /// Another process may truncate the stream meanwhile, and with what was not read yet may go a delete. But before it truncates it appends all that still
    /// counts anew, so nothing that was read before such a hole counts any more unless it was read again behind it.
    /// </remarks>
    /// <param name="apply">Applies the records of an event.</param>
    /// <param name="drop">Forgets what stands in events below a version.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="JournalDamagedException">An event does not check, or is not there.</exception>
    public async ValueTask CatchUpAsync(Action<ReadOnlyMemory<byte>, long> apply, Action<long> drop, CancellationToken cancellationToken)
    {
        var counts = 0L;
        _head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            counts = SkipTo(_head.FirstVersion, counts);
            if (_head.Version <= Version)
                break;
            counts = await ReadAsync(apply, counts, cancellationToken).ConfigureAwait(false);
            if (_head.Version == Version)
                break;
            var before = (_head, Version);
            _head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (_head.FirstVersion <= before.Version + 1 && _head.Version <= before._head.Version)
                throw new JournalDamagedException("an event of the scoped store is not there", "scoped store", stream, Version + 1);
        }

        if (counts > 0)
            drop(counts);
        InDoubt = false;
    }

    /// <summary>Appends records as one event. What fails leaves the log in doubt.</summary>
    /// <returns>The event's version.</returns>
    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> records)
    {
        InDoubt = true;
        var @event = new EventData { Type = EventType, Data = records };
        var result = await journal.AppendAsync(stream, ExpectedVersion.Exactly(Version, _head.Incarnation), @event).ConfigureAwait(false);
        Version = result.LastVersion;
        InDoubt = false;
        Count(records.Length);
        return Version;
    }

    /// <summary>Finds out whether nobody else has appended. The log is not in doubt.</summary>
    /// <exception cref="VersionConflictException">Somebody has.</exception>
    public async ValueTask ConfirmAsync()
    {
        var head = await journal.GetHeadAsync(stream).ConfigureAwait(false);
        if (head.Version != Version || head.Incarnation != _head.Incarnation)
            throw new VersionConflictException(stream, ExpectedVersion.Exactly(Version, _head.Incarnation), head);
    }

    /// <summary>What is appended from now on is what remains of the log.</summary>
    public void BeginRewrite() => BytesRewritten = 0;

    /// <summary>Removes the events below a version, the next one after <see cref="BeginRewrite"/>.</summary>
    public async ValueTask TruncateAsync(long beforeVersion)
    {
        await journal.TruncateAsync(stream, beforeVersion).ConfigureAwait(false);
        Bytes = BytesRewritten;
    }

    /// <summary>Reads up to the head, or as far as there is something, and returns the version from which on events count.</summary>
    private async ValueTask<long> ReadAsync(Action<ReadOnlyMemory<byte>, long> apply, long counts, CancellationToken cancellationToken)
    {
        var request = new ReadRequest { From = Version + 1, To = _head.Version, Incarnation = _head.Incarnation };
        await foreach (var @event in journal.ReadAsync(stream, request, cancellationToken).ConfigureAwait(false))
        {
            counts = SkipTo(@event.Version, counts);
            try
            {
                apply(@event.Data, @event.Version);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw new JournalDamagedException($"an event of the scoped store cannot be read: {e.Message}", "scoped store", stream, @event.Version, e);
            }

            Count(@event.Data.Length);
            Version = @event.Version;
        }

        return counts;
    }

    /// <summary>Goes on with an event, and notes if those between the last one and it are gone.</summary>
    private long SkipTo(long next, long counts)
    {
        if (next <= Version + 1)
            return counts;
        var hole = Version > 0;
        Version = next - 1;
        return hole ? next : counts;
    }

    private void Count(int bytes)
    {
        Bytes += EventOverhead + bytes;
        BytesRewritten += EventOverhead + bytes;
    }
}
