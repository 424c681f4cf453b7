using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Objects;

/// <summary>An appending store: each object is an event, whose time is the object's; each export is one append.</summary>
internal sealed class AppendedObjects<T>(ObjectStoreContext<T> context, ObjectStoreDefinition definition, StreamHead definitionHead) : ObjectStoreKind<T>
{
    private const string ObjectType = "Object";
    private readonly ChronologicalReader _chronological = new(context.Storage.Journal);
    private ObjectStoreDefinition _definition = definition;
    private StreamHead _definitionHead = definitionHead;
    private ObjectGeneration _current = Generation(context.Name, definition);
    private bool _doubtful;

    private IJournal Journal => context.Storage.Journal;

    public override async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        await foreach (var head in Journal.ListStreamsAsync(SystemNames.ObjectsPrefix(context.Name), cancellationToken).ConfigureAwait(false))
        {
            if (head.Stream == _current.Stream)
                continue;
            await Journal.DeleteAsync(head.Stream, ExpectedVersion.Any, cancellationToken).ConfigureAwait(false);
            context.Logger.OrphanRemoved(context.Name, head.Stream);
        }
    }

    public override async ValueTask<ObjectExport> ExportAsync(IReadOnlyCollection<T> objects, string? id, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        if (objects.Count == 0)
            return new ObjectExport(0, 0, now);
        var events = Encode(objects, id, now);
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        var result = await Journal.AppendAsync(
            _current.Stream, new ExpectedVersion(-1, _current.Incarnation), events, producer: null, cancellationToken).ConfigureAwait(false);
        return new ObjectExport(events.Length, result.LastVersion, now);
    }

    public override async IAsyncEnumerable<T> FetchAsync(
        DateTimeOffset? since, DateTimeOffset? until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var generation = Enter();
        try
        {
            var head = await Journal.GetHeadAsync(generation.Stream, cancellationToken).ConfigureAwait(false);
            var filter = since is null && until is null ? null : new EventFilter { Since = since, Until = until };
            var request = new ReadRequest { To = head.Version, Filter = filter, Incarnation = generation.Incarnation };
            var events = context.Options.Timestamp is null
                ? Journal.ReadAsync(generation.Stream, request, cancellationToken)
                : _chronological.ReadAsync(generation.Stream, request, cancellationToken);
            await foreach (var @event in events.ConfigureAwait(false))
                yield return context.Options.Serializer.Read(@event.Data.Span);
        }
        finally
        {
            if (generation.Leave())
                await RemoveAsync(generation).ConfigureAwait(false);
        }
    }

    public override async ValueTask<ObjectPurge> PurgeAsync(DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        var head = await Journal.GetHeadAsync(_current.Stream, cancellationToken).ConfigureAwait(false);
        long purged = 0, lastPurged = 0, kept = 0, firstKept = 0;
        await foreach (var @event in Journal.ReadAsync(_current.Stream, new ReadRequest { To = head.Version, Incarnation = _current.Incarnation }, cancellationToken).ConfigureAwait(false))
        {
            if (@event.Time <= cutoff)
                (purged, lastPurged) = (purged + 1, @event.Version);
            else
                (kept, firstKept) = (kept + 1, firstKept == 0 ? @event.Version : firstKept);
        }

        if (firstKept == 0 || lastPurged < firstKept) // what goes is the stream's beginning, or nothing
            await Journal.TruncateAsync(_current.Stream, lastPurged + 1, _current.Incarnation, cancellationToken).ConfigureAwait(false);
        else
            await RewriteAsync(cutoff, head.Version, cancellationToken).ConfigureAwait(false);
        return new ObjectPurge(purged, kept, cutoff);
    }

    /// <summary>Copies what is kept to the next generation's stream and makes that the one that counts. Until then a crash leaves an orphan, from then on another.</summary>
    private async ValueTask RewriteAsync(DateTimeOffset cutoff, long to, CancellationToken cancellationToken)
    {
        var number = _definition.Generation + 1;
        var head = await Journal.DeleteAsync(SystemNames.Objects(context.Name, number), ExpectedVersion.Any, cancellationToken).ConfigureAwait(false);
        var copy = new ObjectCopy(Journal, head);
        await foreach (var @event in Journal.ReadAsync(_current.Stream, new ReadRequest { To = to, Incarnation = _current.Incarnation }, cancellationToken).ConfigureAwait(false))
        {
            if (@event.Time > cutoff)
                await copy.AddAsync(@event, cancellationToken).ConfigureAwait(false);
        }

        await copy.FlushAsync(cancellationToken).ConfigureAwait(false);
        var rewritten = _definition with { Generation = number, Incarnation = head.Incarnation };
        _doubtful = true;
        _definitionHead = await rewritten.WriteAsync(
            Journal, ObjectStoreDefinition.Rewritten, _definitionHead, context.Time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        _doubtful = false;
        await AdoptAsync(rewritten).ConfigureAwait(false);
        await Journal.TruncateAsync(_definitionHead.Stream, _definitionHead.Version, _definitionHead.Incarnation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// After a purge whose last answer got lost, either generation may be the one that counts: an export to the other would be lost at the next opening.
    /// The definition is written once more, so that the purge cannot take effect any later.
    /// </summary>
    private async ValueTask SettleAsync(CancellationToken cancellationToken)
    {
        if (!_doubtful)
            return;
        var (stored, head) = await ObjectStoreDefinition.ReadAsync(Journal, context.Name, cancellationToken).ConfigureAwait(false);
        if (stored is null)
            throw new ObjectStoreNotFoundException(context.Name);
        _definitionHead = await stored.WriteAsync(
            Journal, ObjectStoreDefinition.Rewritten, head, context.Time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        _doubtful = false;
        if (stored.Generation != _definition.Generation)
            await AdoptAsync(stored).ConfigureAwait(false);
    }

    private async ValueTask AdoptAsync(ObjectStoreDefinition definition)
    {
        var replaced = _current;
        _definition = definition;
        Volatile.Write(ref _current, Generation(context.Name, definition));
        if (replaced.Retire())
            await RemoveAsync(replaced).ConfigureAwait(false);
    }

    private async ValueTask RemoveAsync(ObjectGeneration generation)
    {
        try
        {
            await Journal.DeleteAsync(generation.Stream, new ExpectedVersion(-1, generation.Incarnation)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            context.Logger.OrphanNotRemoved(e, context.Name, generation.Stream);
        }
    }

    private ObjectGeneration Enter()
    {
        while (true)
        {
            var current = Volatile.Read(ref _current);
            if (current.TryEnter())
                return current;
        }
    }

    private EventData[] Encode(IReadOnlyCollection<T> objects, string? id, DateTimeOffset now)
    {
        var limits = Journal.Limits;
        if (objects.Count > limits.MaxAppendEvents)
            throw new AppendTooLargeException(_current.Stream, "events", objects.Count, limits.MaxAppendEvents);
        if (id is not null && objects.Count > limits.IdWindow)
            throw new AppendTooLargeException(_current.Stream, "events with ids", objects.Count, limits.IdWindow);
        var bytes = new ArrayBufferWriter<byte>();
        var ends = new List<(DateTimeOffset Time, int End)>(objects.Count);
        foreach (var value in objects)
        {
            context.Options.Serializer.Write(value, bytes);
            if (bytes.WrittenCount > limits.MaxAppendBytes)
                throw new AppendTooLargeException(_current.Stream, "bytes", bytes.WrittenCount, limits.MaxAppendBytes);
            ends.Add((context.Options.Timestamp?.Invoke(value) ?? now, bytes.WrittenCount));
        }

        var events = new EventData[ends.Count];
        var start = 0;
        for (var i = 0; i < events.Length; start = ends[i++].End)
        {
            events[i] = new EventData
            {
                Type = ObjectType,
                Id = id is null ? null : string.Create(CultureInfo.InvariantCulture, $"{id}/{i}"),
                Time = ends[i].Time,
                ContentType = context.Options.Serializer.ContentType,
                Data = bytes.WrittenMemory[start..ends[i].End],
            };
        }

        return events;
    }

    private static ObjectGeneration Generation(string name, ObjectStoreDefinition definition) =>
        new(SystemNames.Objects(name, definition.Generation), definition.Generation, definition.Incarnation);
}
