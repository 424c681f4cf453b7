using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>An attribute index in memory, made by going through the records of a segment. Not safe for concurrent use.</summary>
/// <param name="included">The incarnations of streams to take; null for all but the engine's own streams, whose names begin with <c>$</c>.</param>
internal sealed class AttributeTable(HashSet<(ulong Stream, int Incarnation)>? included = null) : IAttributeIndex
{
    private readonly Dictionary<(ulong Stream, int Incarnation), StreamAttributes> _streams = [];
    private readonly Dictionary<(ulong Stream, int Incarnation), List<ulong>> _ids = [];
    private readonly Dictionary<ulong, byte[]> _names = [];
    private readonly Dictionary<ulong, (int Last, int Count)> _keys = [];
    private readonly List<ulong> _collected = [];

    // The postings of a key are chained from the newest to the oldest: nothing is allocated for a key or an event.
    private AttributePosting[] _postings = new AttributePosting[1024];
    private int[] _previous = new int[1024];
    private int _count;

    // Its entries never change once they are counted, so that it can be searched while it grows.
    private RecordHead[] _heads = new RecordHead[16];
    private int _headCount;
    private bool _ambiguous;

    public bool IsComplete => included is null;

    public IEnumerable<StreamAttributes> Streams => _streams.Values;

    public IReadOnlyDictionary<ulong, (int Last, int Count)> Keys => _keys;

    /// <summary>The heads of the long records, in the order of their offsets. None where two streams have the same key, so that an event's name must be looked at.</summary>
    public ReadOnlySpan<RecordHead> Heads
    {
        get
        {
            var count = Volatile.Read(ref _headCount);
            return Volatile.Read(ref _ambiguous) ? [] : Volatile.Read(ref _heads).AsSpan(0, count);
        }
    }

    public RecordHead FindHead(uint offset) => RecordHead.Find(Heads, offset);

    /// <summary>The identities of a stream's events that have ids.</summary>
    public IEnumerable<ulong> Ids(ulong stream, int incarnation) => _ids.GetValueOrDefault((stream, incarnation)) ?? [];

    public StreamAttributes? Find(ulong stream, int incarnation) => _streams.GetValueOrDefault((stream, incarnation));

    public AttributePostings Find(ulong key) => _keys.TryGetValue(key, out var found) ? new AttributePostings(found.Count, found.Last) : default;

    public void Copy(AttributePostings postings, List<AttributePosting> destination)
    {
        var at = destination.Count;
        System.Runtime.InteropServices.CollectionsMarshal.SetCount(destination, at + postings.Count);
        var room = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(destination)[at..];
        var entry = postings.Start;
        for (var i = postings.Count - 1; i >= 0; i--, entry = _previous[entry])
            room[i] = _postings[entry];
    }

    /// <summary>Adds the events of the next record.</summary>
    public void Add(RecordView record, long offset)
    {
        var header = record.Header;
        if (header.Events == 0 || (included is null && record.Name[0] == '$'))
            return;
        var stream = StableHash.Of(record.Name);
        if (included?.Contains((stream, header.Incarnation)) == false)
            return;
        NoteName(stream, record.Name);
        var first = _streams.TryGetValue((stream, header.Incarnation), out var before) ? before.First : header.Version;
        var seed = AttributeKey.Seed(stream, header.Incarnation);
        var (earliest, latest) = (before?.Earliest ?? long.MaxValue, before?.Latest ?? long.MinValue);
        var bytes = record.Bytes.Span;
        var at = record.EventsOffset;
        var prefix = EventReader.PrefixChecksum(bytes[..at]);
        if (bytes.Length >= RecordHead.FromLength)
            Add(RecordHead.Of((uint)offset, stream, header, prefix));
        ref var ids = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_ids, (stream, header.Incarnation), out _);
        ids ??= [];
        for (var i = 0; i < header.Events; i++)
        {
            var start = at;
            var length = (int)Varint.Read(bytes, ref at);
            var body = bytes.Slice(at, length);
            at += length;
            var posting = new AttributePosting((uint)offset, (uint)start, (uint)(header.Version + i - first), EventReader.Checksum(prefix, body));
            AddKeys(seed, body, posting);
            if (EventBody.Has(body, EventField.Id))
                ids.Add(EventIdentity.Of(record.Name, body));
            var time = EventBody.TimeTicks(body);
            (earliest, latest) = (Math.Min(earliest, time), Math.Max(latest, time));
        }

        _streams[(stream, header.Incarnation)] =
            new StreamAttributes(stream, header.Incarnation, (before?.Events ?? 0) + header.Events, first, header.LastVersion, earliest, latest, ids.Count);
    }

    private void NoteName(ulong stream, ReadOnlySpan<byte> name)
    {
        ref var known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_names, stream, out var exists);
        if (!exists)
            known = name.ToArray();
        else if (!name.SequenceEqual(known))
            Volatile.Write(ref _ambiguous, true);
    }

    private void Add(RecordHead head)
    {
        if (_headCount == _heads.Length)
        {
            var larger = new RecordHead[_headCount * 2];
            _heads.CopyTo(larger, 0);
            Volatile.Write(ref _heads, larger);
        }

        _heads[_headCount] = head;
        Volatile.Write(ref _headCount, _headCount + 1);
    }

    private void AddKeys(ulong seed, ReadOnlySpan<byte> body, AttributePosting posting)
    {
        _collected.Clear();
        AttributeKey.Collect(seed, body, _collected);
        foreach (var key in _collected)
            Add(key, posting);
    }

    private void Add(ulong key, AttributePosting posting)
    {
        if (_count == _postings.Length)
        {
            Array.Resize(ref _postings, _count * 2);
            Array.Resize(ref _previous, _count * 2);
        }

        ref var known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_keys, key, out _);
        if (known.Count > 0 && _postings[known.Last].Place == posting.Place)
            return; // the same tag twice
        (_postings[_count], _previous[_count]) = (posting, known.Last);
        known = (_count++, known.Count + 1);
    }
}
