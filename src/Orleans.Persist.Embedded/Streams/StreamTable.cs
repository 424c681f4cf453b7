using Orleans.Persist.Embedded.Attributes;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Writing;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>The streams in use, with a bound on how many are held. Those not held are read from the segments when they are used.</summary>
internal sealed class StreamTable
{
    private const int LoadingStripes = 64;

    // A stream may have had any number of producers, whose names come from outside. Those dropped are looked up again when they append.
    private const int ProducersHeld = 4_096;
    private readonly Dictionary<string, StreamEntry> _entries = new(StringComparer.Ordinal);
    private readonly Lock[] _loading = [.. Enumerable.Range(0, LoadingStripes).Select(_ => new Lock())];
    private readonly HashSet<string> _remembered = new(StringComparer.Ordinal);
    private readonly SegmentSet _segments;
    private readonly AttributeIndexes _attributes;
    private readonly LogWriter _writer;
    private readonly int _capacity;
    private readonly int _idWindow;

    public StreamTable(SegmentSet segments, AttributeIndexes attributes, LogWriter writer, int capacity, int idWindow)
    {
        _segments = segments;
        _attributes = attributes;
        _writer = writer;
        _capacity = capacity;
        _idWindow = idWindow;
        writer.Lost = entry => _entries.Remove(entry.Name);
    }

    /// <summary>The entry, if it is held. Under the gate.</summary>
    public StreamEntry? Find(string stream) => _entries.GetValueOrDefault(stream);

    /// <summary>Has appends to a stream compared with all its events from now on.</summary>
    public void RememberIds(string stream)
    {
        lock (_writer.Gate)
        {
            if (_remembered.Add(stream) && Find(stream) is { } entry)
                entry.RemembersIds = true;
        }
    }

    /// <summary>Loads what an append or a read needs to know of a stream. Not under the gate: it reads the disk.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="ids">Whether the identities of its newest events are needed.</param>
    /// <param name="producer">The producer whose newest number is needed, or null.</param>
    /// <exception cref="ArgumentException">The name breaks the rule.</exception>
    public void Load(string stream, bool ids = false, string? producer = null)
    {
        StreamName.Validate(stream);

        // One load of a stream at a time: a second one, overtaken by an append and an eviction, would bring back an old head.
        lock (_loading[(int)(StreamEntry.KeyOf(stream) % LoadingStripes)])
        {
            var entry = Hold(stream);
            if ((!ids || entry.KnowsIds) && (producer is null || entry.Producers?.ContainsKey(producer) == true))
                return;
            try
            {
                Settled(entry).GetAwaiter().GetResult();
                var window = ids && entry.Ids is null ? ReadIds(entry) : entry.Ids;
                var all = ids && entry.RemembersIds && entry.AllIds is null ? ReadAllIds(entry) : entry.AllIds;
                var known = producer is null ? default : ReadProducer(entry, producer);
                lock (_writer.Gate)
                {
                    (entry.Ids, entry.AllIds) = (window, all);
                    if (entry.Producers?.Count >= ProducersHeld)
                        entry.Producers.Clear();
                    if (producer is not null)
                        (entry.Producers ??= new Dictionary<string, ProducerResult>(StringComparer.Ordinal)).TryAdd(producer, known);
                }
            }
            finally
            {
                lock (_writer.Gate)
                    entry.Loading = false;
            }
        }
    }

    private StreamEntry Hold(string stream)
    {
        lock (_writer.Gate)
        {
            if (Find(stream) is { } held)
                return held;
        }

        var entry = new StreamEntry(stream, _segments.FindHead(stream, StreamEntry.KeyOf(stream)));
        lock (_writer.Gate)
        {
            entry.RemembersIds = _remembered.Contains(stream);
            MakeRoom();
            _entries.Add(stream, entry);
        }

        return entry;
    }

    /// <summary>Holds off further appends, and completes when those queued before have been written.</summary>
    private Task Settled(StreamEntry entry)
    {
        lock (_writer.Gate)
        {
            entry.Loading = true;
            return entry.Queued > 0 ? _writer.WhenWritten() : Task.CompletedTask;
        }
    }

    private IdWindow ReadIds(StreamEntry entry)
    {
        var head = entry.Durable;
        var window = new IdWindow(_idWindow);
        var from = Math.Max(head.FirstVersion, head.Version - _idWindow + 1);
        if (from <= head.Version)
        {
            using var cursor = new StreamCursor(_segments, entry.Name, head.Incarnation, from, head.Version);
            while (cursor.Next() is { } @event)
                window.Add(@event.Version, EventIdentity.Of(@event));
        }

        return window;
    }

    private IdFilter ReadAllIds(StreamEntry entry)
    {
        var head = entry.Durable;
        var filter = new IdFilter(head.Version - head.FirstVersion + 1);
        for (var number = _segments.All[0].Name.Number; number <= _segments.Newest.Name.Number; number++)
        {
            var segment = _segments.Acquire(number);
            try
            {
                if (_attributes.TryReadIds(segment, entry.Key, head.Incarnation, filter.Add)
                    || AttributeIndexes.VersionsIn(segment, entry.Key, head.Incarnation) is not { } versions
                    || Math.Max(versions.First, head.FirstVersion) is var first && first > Math.Min(versions.Last, head.Version))
                {
                    continue;
                }

                using var cursor = new StreamCursor(_segments, entry.Name, head.Incarnation, first, Math.Min(versions.Last, head.Version));
                while (cursor.Next() is { } @event)
                {
                    if (EventIdentity.Of(@event) is not 0 and var identity)
                        filter.Add(identity);
                }
            }
            finally
            {
                segment.Release();
            }
        }

        return filter;
    }

    private ProducerResult ReadProducer(StreamEntry entry, string producer)
    {
        var record = _segments.FindNewest(
            StreamEntry.ProducerKeyOf(entry.Key, producer),
            found => found.Name.SequenceEqual(entry.Utf8) && found.ReadProducer()?.Producer == producer);
        return record is { } newest && newest.Header.Incarnation == entry.Durable.Incarnation
            ? new ProducerResult(newest.ReadProducer()!.Value.Sequence, newest.Result)
            : default;
    }

    private void MakeRoom()
    {
        if (_entries.Count < _capacity)
            return;
        var idle = _entries.Values.Where(entry => entry.Queued == 0 && !entry.Loading && entry.AllIds is null).Take(Math.Max(1, _capacity / 16)).ToList();
        foreach (var entry in idle)
            _entries.Remove(entry.Name);
    }
}
