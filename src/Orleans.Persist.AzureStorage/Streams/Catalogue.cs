using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The names of streams and snapshot owners, so that listing need not pass over their events.</summary>
internal sealed class Catalogue(TableClient table)
{
    // Spreads the new names over so many partitions; a listing asks each of them.
    private const int Shards = 8;

    // Above that, the rest of a name is left to the hash behind it, and the listing compares the name itself.
    private const int LongestPrefix = 300;

    public Task AddStreamAsync(StreamKey key, CancellationToken cancellationToken) => AddAsync("streams", key, cancellationToken);

    public Task AddOwnerAsync(StreamKey key, CancellationToken cancellationToken) => AddAsync("owners", key, cancellationToken);

    public IAsyncEnumerable<string> ListStreamsAsync(string prefix, CancellationToken cancellationToken) => ListAsync("streams", prefix, cancellationToken);

    public IAsyncEnumerable<string> ListOwnersAsync(string prefix, CancellationToken cancellationToken) => ListAsync("owners", prefix, cancellationToken);

    private async Task AddAsync(string kind, StreamKey key, CancellationToken cancellationToken)
    {
        var escaped = StreamKey.Escape(key.Name);
        var row = new NameRow
        {
            PartitionKey = Partition(kind, (int)(key.Hash % Shards)),
            RowKey = escaped.Length <= LongestPrefix ? "n" + escaped : $"n{Cut(escaped)}~~{Convert.ToHexStringLower(SHA256.HashData(key.Utf8))}",
            Name = key.Name,
        };
        await table.InsertAsync(row, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<string> ListAsync(string kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var escaped = "n" + Cut(StreamKey.Escape(WholeCharacters(prefix)));
        for (var shard = 0; shard < Shards; shard++)
        {
            var query = new TableQuery(Partition(kind, shard)) { From = escaped, Before = escaped[..^1] + (char)(escaped[^1] + 1) };
            await foreach (var row in table.QueryAllAsync<NameRow>(query, cancellationToken).ConfigureAwait(false))
            {
                if (row.Name.StartsWith(prefix, StringComparison.Ordinal))
                    yield return row.Name;
            }
        }
    }

    /// <summary>No more of an escaped name than a key takes, and no half of an escape.</summary>
    private static string Cut(string escaped)
    {
        if (escaped.Length <= LongestPrefix)
            return escaped;
        var tilde = escaped.IndexOf('~', LongestPrefix - 2, 2);
        return escaped[..(tilde < 0 ? LongestPrefix : tilde)];
    }

    /// <summary>A prefix may end within a character; the query then looks for what comes before it.</summary>
    private static string WholeCharacters(string prefix) => prefix.Length > 0 && char.IsHighSurrogate(prefix[^1]) ? prefix[..^1] : prefix;

    private static string Partition(string kind, int shard) => string.Create(CultureInfo.InvariantCulture, $"names-{kind}-{shard}");
}
