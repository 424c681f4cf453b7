using System.Buffers;
using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Objects;

/// <summary>A snapshot store: each export is one snapshot, whose version is the number of the export.</summary>
/// <param name="context">The store.</param>
/// <param name="incarnation">The incarnation of the store's definition, so that nothing of a deleted store of the same name is taken for this one's.</param>
internal sealed class SnapshotObjects<T>(ObjectStoreContext<T> context, int incarnation) : ObjectStoreKind<T>
{
    private readonly string _owner = SystemNames.ObjectStore(context.Name);
    private ObjectRestore? _restored;
    private long _last;

    public override ObjectRestore? Restored => Volatile.Read(ref _restored);

    public override async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        await foreach (var read in context.Storage.Snapshots.ReadAsync(_owner, cancellationToken).ConfigureAwait(false))
        {
            // The save's number stands for the version of one that cannot be read.
            _last = Math.Max(_last, read.Snapshot is null ? read.Number : read.Snapshot.Incarnation == incarnation ? read.Snapshot.Version : 0);
        }

        await RestoreAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask<ObjectExport> ExportAsync(IReadOnlyCollection<T> objects, string? id, CancellationToken cancellationToken)
    {
        var snapshot = new Snapshot
        {
            Incarnation = incarnation,
            Version = _last + 1,
            Time = context.Time.GetUtcNow(),
            Type = context.Options.Serializer.ContentType,
            Data = Encode(objects),
        };
        await context.Storage.Snapshots.SaveAsync(_owner, snapshot, cancellationToken).ConfigureAwait(false);
        _last = snapshot.Version;
        return new ObjectExport(objects.Count, snapshot.Version, snapshot.Time);
    }

    public override async IAsyncEnumerable<T> FetchAsync(
        DateTimeOffset? since, DateTimeOffset? until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (objects, restored) = await RestoreAsync(cancellationToken).ConfigureAwait(false);
        if (restored.Number == 0 && restored.Damage.Count > 0)
            throw new JournalException($"None of the exports kept of object store '{context.Name}' can be read: {restored.Damage[0].Message}", restored.Damage[0]);
        var timestamp = context.Options.Timestamp;
        foreach (var value in timestamp is null ? objects.AsEnumerable() : objects.OrderBy(timestamp))
        {
            if (timestamp is not null && (timestamp(value) < since || timestamp(value) >= until))
                continue;
            yield return value;
        }
    }

    public override ValueTask<ObjectPurge> PurgeAsync(DateTimeOffset cutoff, CancellationToken cancellationToken) => 
        throw new NotSupportedException($"Object store '{context.Name}' keeps its last export only; there is nothing to purge (requirement g.5.2).");

    /// <summary>The newest export that can be read (requirement g.6.0), or the one before it (g.6.1).</summary>
    private async ValueTask<(List<T> Objects, ObjectRestore Restored)> RestoreAsync(CancellationToken cancellationToken)
    {
        var damage = new List<Exception>();
        var objects = new List<T>();
        var restored = new ObjectRestore(0, 0, null, damage);
        await foreach (var read in context.Storage.Snapshots.ReadAsync(_owner, cancellationToken).ConfigureAwait(false))
        {
            if (read.Snapshot is { } other && other.Incarnation != incarnation)
                continue;
            try
            {
                var snapshot = read.Snapshot ?? throw read.Damage!;
                objects = Decode(snapshot.Data.Span);
                restored = new ObjectRestore(snapshot.Version, objects.Count, snapshot.Time, damage);
                break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                damage.Add(e);
                context.Logger.SnapshotUnreadable(e, context.Name, read.Number);
                SourceInstruments.OnDamageRecovered(_owner);
            }
        }

        Volatile.Write(ref _restored, restored);
        return (objects, restored);
    }

    /// <summary>The objects one after the other, each after its length as a varint.</summary>
    private ReadOnlyMemory<byte> Encode(IReadOnlyCollection<T> objects)
    {
        var all = new ArrayBufferWriter<byte>();
        var one = new ArrayBufferWriter<byte>();
        foreach (var value in objects)
        {
            one.ResetWrittenCount();
            context.Options.Serializer.Write(value, one);
            all.Advance(Varint.Write(all.GetSpan(Varint.MaxLength), 0, (ulong)one.WrittenCount));
            all.Write(one.WrittenSpan);
        }

        return all.WrittenMemory;
    }

    private List<T> Decode(ReadOnlySpan<byte> bytes)
    {
        var objects = new List<T>();
        var at = 0;
        while (at < bytes.Length)
        {
            var length = Varint.Read(bytes, ref at);
            if (length > (ulong)(bytes.Length - at))
                throw new FormatException($"Object {objects.Count} of {length} bytes reaches beyond the export's end.");
            objects.Add(context.Options.Serializer.Read(bytes.Slice(at, (int)length)));
            at += (int)length;
        }

        return objects;
    }
}
