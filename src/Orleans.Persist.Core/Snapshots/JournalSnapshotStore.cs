using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Snapshots;

/// <summary>Snapshots as events of a journal of their own: every save is an append, and older ones are truncated away.</summary>
/// <param name="journal">The journal. It must hold nothing else; the store disposes of it.</param>
/// <param name="keep">How many snapshots of one owner are kept, at least 1.</param>
/// <remarks>An owner's saves must come from one process at a time, as its journal guarantees where it locks its directory.</remarks>
public sealed class JournalSnapshotStore(IJournal journal, int keep = 3) : ISnapshotStore
{
    private const int HeaderLength = 4 + 4 + 8;
    private const int OwnersHeld = 10_000;

    // What the newest save of an owner covers, so that the next one need not read it: it may be large.
    private readonly ConcurrentDictionary<string, (StreamHead Head, int Incarnation, long Version)> _newest = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Keep { get; } = keep >= 1 ? keep : throw new ArgumentOutOfRangeException(nameof(keep), keep, "At least one snapshot is kept.");

    /// <inheritdoc/>
    public async ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        var @event = new EventData
        {
            Type = snapshot.Type,
            SchemaVersion = snapshot.SchemaVersion,
            Time = snapshot.Time,
            Data = Encode(snapshot),
        };
        while (true)
        {
            var head = await journal.GetHeadAsync(owner, cancellationToken).ConfigureAwait(false);
            var (incarnation, version) = await NewestAsync(owner, head, cancellationToken).ConfigureAwait(false);
            if ((snapshot.Incarnation, snapshot.Version).CompareTo((incarnation, version)) < 0)
                throw new SnapshotOutdatedException(owner, snapshot.Incarnation, snapshot.Version, incarnation, version);
            AppendResult result;
            try
            {
                result = await journal.AppendAsync(owner, ExpectedVersion.Exactly(head.Version, head.Incarnation), @event, cancellationToken).ConfigureAwait(false);
            }
            catch (VersionConflictException)
            {
                continue; // another save came between: compare with that one
            }

            if (_newest.Count >= OwnersHeld)
                _newest.Clear();
            _newest[owner] = (head with { Version = result.LastVersion }, snapshot.Incarnation, snapshot.Version);
            if (result.LastVersion - head.FirstVersion >= Keep)
                await TruncateAsync(owner, result.LastVersion - Keep + 1, result.Incarnation, cancellationToken).ConfigureAwait(false);
            return result.LastVersion;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SnapshotRead> ReadAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var head = await journal.GetHeadAsync(owner, cancellationToken).ConfigureAwait(false);
        var found = false;
        for (var number = head.Version; number >= head.FirstVersion; number--)
        {
            var read = await ReadAsync(owner, number, head.Incarnation, cancellationToken).ConfigureAwait(false);
            if (read is not null)
            {
                found = true;
                yield return read;
            }
            else if (!found && await journal.GetHeadAsync(owner, cancellationToken).ConfigureAwait(false) is var later && later.FirstVersion > number)
            {
                // Later saves have had it truncated away: without them, an owner that has snapshots would seem to have none.
                (head, number) = (later, later.Version + 1);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default) =>
        await journal.DeleteAsync(owner, ExpectedVersion.Any, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var head in journal.ListStreamsAsync(prefix, cancellationToken).ConfigureAwait(false))
            yield return head.Stream;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => journal.DisposeAsync();

    private async ValueTask<(int Incarnation, long Version)> NewestAsync(string owner, StreamHead head, CancellationToken cancellationToken)
    {
        if (_newest.TryGetValue(owner, out var known) && (known.Head.Incarnation, known.Head.Version) == (head.Incarnation, head.Version))
            return (known.Incarnation, known.Version);
        await foreach (var read in ReadAsync(owner, cancellationToken).ConfigureAwait(false))
        {
            if (read.Snapshot is { } newest)
                return (newest.Incarnation, newest.Version);
        }

        return default;
    }

    private async ValueTask TruncateAsync(string owner, long beforeVersion, int incarnation, CancellationToken cancellationToken)
    {
        try
        {
            await journal.TruncateAsync(owner, beforeVersion, incarnation, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamIncarnationException)
        {
            // The owner was deleted meanwhile; there is nothing left to remove.
        }
    }

    /// <summary>One save by itself, so that a damaged one does not stand before those behind it. Null where it was truncated meanwhile.</summary>
    private async ValueTask<SnapshotRead?> ReadAsync(string owner, long number, int incarnation, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ReadRequest { From = number, To = number, Incarnation = incarnation };
            await foreach (var @event in journal.ReadAsync(owner, request, cancellationToken).ConfigureAwait(false))
                return new SnapshotRead(number, Decode(@event), null);
            return null;
        }
        catch (JournalDamagedException e)
        {
            return new SnapshotRead(number, null, e);
        }
        catch (FormatException e)
        {
            return new SnapshotRead(number, null, new JournalDamagedException(e.Message, $"snapshot {number}", owner, number, e));
        }
    }

    /// <summary>u32 CRC-32C of what follows; i32 incarnation; i64 version; the state.</summary>
    private static byte[] Encode(Snapshot snapshot)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(HeaderLength + snapshot.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), snapshot.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), snapshot.Version);
        snapshot.Data.Span.CopyTo(bytes.AsSpan(HeaderLength));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Of(bytes.AsSpan(4)));
        return bytes;
    }

    private static Snapshot Decode(RecordedEvent @event)
    {
        var bytes = @event.Data;
        if (bytes.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) != Crc32C.Of(bytes.Span[4..]))
            throw new FormatException("The snapshot's checksum does not match.");
        return new Snapshot
        {
            Incarnation = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[4..]),
            Version = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[8..]),
            Time = @event.Time,
            Type = @event.Type,
            SchemaVersion = @event.SchemaVersion,
            Data = bytes[HeaderLength..],
        };
    }
}
