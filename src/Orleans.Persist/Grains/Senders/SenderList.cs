using System.Text;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;

namespace Orleans.Persist.Grains;

/// <summary>Which grains have sent something that may not be acknowledged, and where they run. Kept in the journal, in a fixed number of streams, and written before it is needed.</summary>
/// <remarks>A grain is put on the list once in an activation, before its first send is stored, and taken off when the activation ends with everything acknowledged. An entry too many has a grain woken for nothing, no more.</remarks>
internal sealed class SenderList(IStorage storage)
{
    /// <summary>How many streams there are. Silos of one cluster share the work by them, so it must not differ between silos, nor change.</summary>
    public const int Shards = 16;

    /// <summary>So often does whoever adds or removes find that a stream is due to be shortened.</summary>
    public const int EventsPerRewrite = 10_000;

    private const string Listed = "listed";
    private const string Unlisted = "unlisted";
    private const int SpareEvents = 1_000;
    private const int BatchSize = 500;

    private IJournal Journal => storage.Journal;

    public static string StreamOf(int shard) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"$senders/{shard:D2}");

    public static string StreamOf(string grain) => StreamOf((int)(Serialization.StableHash.Of(Encoding.UTF8.GetBytes(grain)) % Shards));

    /// <summary>Puts a grain on the list.</summary>
    /// <returns>Whether the stream is due to be shortened, by <see cref="LoadAsync"/>.</returns>
    /// <exception cref="JournalException">It could not be stored, or nobody knows.</exception>
    public ValueTask<bool> AddAsync(ListedSender sender, CancellationToken cancellationToken) => AppendAsync(Listed, sender, cancellationToken);

    /// <summary>Takes an entry off.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public ValueTask<bool> RemoveAsync(ListedSender sender, CancellationToken cancellationToken) => AppendAsync(Unlisted, sender, cancellationToken);

    /// <summary>The entries of a stream. Shortens the stream where most of it is past.</summary>
    public async ValueTask<IReadOnlyCollection<ListedSender>> LoadAsync(string stream, CancellationToken cancellationToken)
    {
        var listed = new Dictionary<Guid, ListedSender>();
        long events = 0;
        long last = 0;
        await foreach (var recorded in Journal.ReadAsync(stream, ReadRequest.All, cancellationToken).ConfigureAwait(false))
        {
            events++;
            last = recorded.Version;
            var sender = new ListedSender(recorded.Subject!, recorded.Source, new Guid(recorded.Data.Span));
            if (recorded.Type == Listed)
                listed[sender.Token] = sender;
            else
                listed.Remove(sender.Token);
        }

        if (events > (2 * listed.Count) + SpareEvents)
            await RewriteAsync(stream, listed.Values, last + 1, cancellationToken).ConfigureAwait(false);
        return listed.Values;
    }

    private async ValueTask<bool> AppendAsync(string type, ListedSender sender, CancellationToken cancellationToken)
    {
        var result = await Journal.AppendAsync(StreamOf(sender.Grain), ExpectedVersion.Any, Entry(type, sender), cancellationToken).ConfigureAwait(false);
        return result.LastVersion % EventsPerRewrite == 0;
    }

    // What is taken off meanwhile may come back by this: as an entry too many.
    private async ValueTask RewriteAsync(string stream, IEnumerable<ListedSender> listed, long before, CancellationToken cancellationToken)
    {
        foreach (var batch in listed.Chunk(BatchSize))
            await Journal.AppendAsync(stream, ExpectedVersion.Any, batch.Select(sender => Entry(Listed, sender)).ToArray(), null, cancellationToken).ConfigureAwait(false);
        await Journal.TruncateAsync(stream, before, cancellationToken).ConfigureAwait(false);
    }

    private static EventData Entry(string type, ListedSender sender) =>
        new() { Type = type, Subject = sender.Grain, Source = sender.Silo, Data = sender.Token.ToByteArray() };
}
