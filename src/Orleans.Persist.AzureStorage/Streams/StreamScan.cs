using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Reads commits and opens them.</summary>
internal sealed class StreamScan(TableClient table, BlobClient blobs)
{
    /// <summary>The events of the commits that hold a range of versions of an incarnation, commit by commit.</summary>
    public async IAsyncEnumerable<RecordedEvent[]> ReadAsync(
        StreamKey key, int incarnation, long low, long high, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new TableQuery(key.Partition)
        {
            From = StreamKey.Commit(incarnation, low),
            Before = StreamKey.Commit(incarnation + 1, 0),
            Top = (int)Math.Clamp(high - low + 1, 1, TableLimits.PageRows),
        };
        await foreach (var row in table.QueryAllAsync<CommitRow>(query, cancellationToken).ConfigureAwait(false))
        {
            if (row.FirstVersion > high)
                yield break;
            if (await OpenAsync(key, row, cancellationToken).ConfigureAwait(false) is { } events)
                yield return events;
            if (row.LastVersion >= high)
                yield break;
        }
    }

    /// <summary>The events of a commit, or null where its blob is gone.</summary>
    /// <exception cref="JournalDamagedException">It does not check.</exception>
    public async ValueTask<RecordedEvent[]?> OpenAsync(StreamKey key, CommitRow row, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> frame;
        if (row.Blob is null)
            frame = row.TakeFrame();
        else if (await blobs.GetAsync(row.Blob, row.Length, cancellationToken).ConfigureAwait(false) is { } content)
            frame = content;
        else
            return null;
        try
        {
            return CommitFrame.Open(frame, key, row).ToEvents();
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new JournalDamagedException(e.Message, Place(key, row), key.Name, row.LastVersion, e);
        }
    }

    /// <summary>That a commit's blob is not there, though the commit is.</summary>
    public JournalDamagedException Missing(StreamKey key, CommitRow row) =>
        new("the blob with the commit's events is gone", Place(key, row), key.Name, row.FirstVersion);

    /// <summary>That versions are not there, though the head says so.</summary>
    public JournalDamagedException Gap(StreamKey key, int incarnation, long from, long to) =>
        new($"versions {from} to {to} of incarnation {incarnation} are missing", $"{table.Address}, partition '{key.Partition}'", key.Name, from);

    private string Place(StreamKey key, CommitRow row) =>
        $"{table.Address}, partition '{key.Partition}', row '{row.RowKey}'{(row.Blob is null ? "" : $", blob {blobs.Address}/{row.Blob}")}";
}
