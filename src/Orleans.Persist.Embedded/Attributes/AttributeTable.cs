using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>An attribute index in memory, made by going through the records of a segment. Not safe for concurrent use.</summary>
/// <param name="included">The incarnations of streams to take; null for all but the engine's own streams, whose names begin with <c>$</c>.</param>
internal sealed class AttributeTable(HashSet<(ulong Stream, int Incarnation)>? included = null) : IAttributeIndex
{
    private readonly Dictionary<(ulong Stream, int Incarnation), StreamAttributes> _streams = [];
    private readonly Dictionary<ulong, (int Last, int Count)> _keys = [];
    private readonly List<ulong> _collected = [];

    // The postings of a key are chained from the newest to the oldest: nothing is allocated for a key or an event.
    private AttributePosting[] _postings = new AttributePosting[1024];
    private int[] _previous = new int[1024];
    private int _count;

    public bool IsComplete => included is null;

    public IEnumerable<StreamAttributes> Streams => _streams.Values;

    public IReadOnlyDictionary<ulong, (int Last, int Count)> Keys => _keys;

    public StreamAttributes? Find(ulong stream, int incarnation) => _streams.GetValueOrDefault((stream, incarnation));

    public AttributePostings Find(ulong key) => _keys.TryGetValue(key, out var found) ? new AttributePostings(found.Count, found.Last, default) : default;

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
        var first = _streams.TryGetValue((stream, header.Incarnation), out var before) ? before.First : header.Version;
        var seed = AttributeKey.Seed(stream, header.Incarnation);
        var (earliest, latest) = (before?.Earliest ?? long.MaxValue, before?.Latest ?? long.MinValue);
        var bytes = record.Bytes.Span;
        var at = record.EventsOffset;
        var prefix = EventReader.PrefixChecksum(bytes[..at]);
        for (var i = 0; i < header.Events; i++)
        {
            var start = at;
            var length = (int)Varint.Read(bytes, ref at);
            var body = bytes.Slice(at, length);
            at += length;
            var posting = new AttributePosting((uint)offset, (uint)start, (uint)(header.Version + i - first), EventReader.Checksum(prefix, body));
            AddKeys(seed, body, posting);
            var time = EventBody.TimeTicks(body);
            (earliest, latest) = (Math.Min(earliest, time), Math.Max(latest, time));
        }

        _streams[(stream, header.Incarnation)] =
            new StreamAttributes(stream, header.Incarnation, (before?.Events ?? 0) + header.Events, first, header.LastVersion, earliest, latest);
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
