using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.SiloHost.Copy;

/// <summary>Copies one stream with its incarnation and versions, going on where an earlier run ended.</summary>
internal sealed class StreamCopy(IJournal from, IJournal to, CopyReport report)
{
    private const int BatchEvents = 1_000;
    private const int BatchBytes = 512 << 10;
    private static readonly EventData Filler = new() { Type = "copy-filler" };

    /// <summary>Copies what the stream has at this moment.</summary>
    /// <exception cref="CommandException">The destination has something else under this name.</exception>
    public async Task RunAsync(StreamHead head, CancellationToken cancellationToken)
    {
        var there = await PrepareAsync(head, cancellationToken);
        report.Stream(Math.Max(0, there.Version - head.FirstVersion + 1));
        var batch = new List<EventData>();
        var (bytes, version) = (0L, there.Version);
        await foreach (var @event in from.ReadAsync(head.Stream, new ReadRequest { From = version + 1, To = head.Version, Incarnation = head.Incarnation }, cancellationToken))
        {
            batch.Add(AsPublished(@event));
            bytes += @event.Body.Length;
            if (batch.Count >= BatchEvents || bytes >= BatchBytes)
                await FlushAsync();
        }

        await FlushAsync();
        var now = await to.GetHeadAsync(head.Stream, cancellationToken);
        if (now.FirstVersion < head.FirstVersion)
            await to.TruncateAsync(head.Stream, head.FirstVersion, head.Incarnation, cancellationToken);

        async Task FlushAsync()
        {
            if (batch.Count == 0)
                return;
            var result = await to.AppendAsync(head.Stream, ExpectedVersion.Exactly(version, head.Incarnation), batch.ToArray(), producer: null, cancellationToken);
            version = result.LastVersion;
            report.Copied(batch.Count);
            batch.Clear();
            bytes = 0;
        }
    }

    /// <summary>Compares both streams event by event. Recorded times are each journal's own.</summary>
    /// <exception cref="CommandException">They differ.</exception>
    public async Task CompareAsync(StreamHead head, CancellationToken cancellationToken)
    {
        var copy = await to.GetHeadAsync(head.Stream, cancellationToken);
        if ((copy.Incarnation, copy.Version, copy.FirstVersion) != (head.Incarnation, head.Version, head.FirstVersion))
            throw Differs(head, $"versions {copy.FirstVersion} to {copy.Version} of incarnation {copy.Incarnation} there, {head.FirstVersion} to {head.Version} of incarnation {head.Incarnation} here");
        var request = new ReadRequest { To = head.Version, Incarnation = head.Incarnation };
        await using var copies = to.ReadAsync(head.Stream, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await foreach (var original in from.ReadAsync(head.Stream, request, cancellationToken))
        {
            if (!await copies.MoveNextAsync() || copies.Current.Version != original.Version || !copies.Current.Body.Span.SequenceEqual(original.Body.Span))
                throw Differs(head, $"the event of version {original.Version}");
            report.Same();
        }
    }

    /// <summary>Brings the destination to the incarnation, and to the version before the first one that there is to copy.</summary>
    private async Task<StreamHead> PrepareAsync(StreamHead head, CancellationToken cancellationToken)
    {
        var there = await to.GetHeadAsync(head.Stream, cancellationToken);
        if (there.Incarnation > head.Incarnation || (there.Incarnation == head.Incarnation && there.Version > head.Version))
            throw Differs(head, $"version {there.Version} of incarnation {there.Incarnation} there, {head.Version} of {head.Incarnation} here; the destination is not a copy of this");
        while (there.Incarnation < head.Incarnation)
        {
            if (there.Version == 0)
                await to.AppendAsync(head.Stream, ExpectedVersion.Exactly(0, there.Incarnation), Filler, cancellationToken);
            there = await to.DeleteAsync(head.Stream, new ExpectedVersion(-1, there.Incarnation), cancellationToken);
        }

        // Versions that were truncated away must have been there for those behind them to get theirs.
        while (there.Version < head.FirstVersion - 1)
        {
            var filler = new EventData[Math.Min(10_000, head.FirstVersion - 1 - there.Version)];
            Array.Fill(filler, Filler);
            await to.AppendAsync(head.Stream, ExpectedVersion.Exactly(there.Version, there.Incarnation), filler, producer: null, cancellationToken);
            there = await to.GetHeadAsync(head.Stream, cancellationToken);
        }

        return there;
    }

    /// <summary>Without what the journal has filled in, so that the copy is the same byte for byte.</summary>
    private static EventData AsPublished(RecordedEvent @event)
    {
        var data = @event.ToEventData();
        var body = @event.Body.Span;
        return data with
        {
            Id = EventBody.Has(body, EventField.Id) ? data.Id : null,
            Source = EventBody.Has(body, EventField.Source) ? data.Source : null,
        };
    }

    private static CommandException Differs(StreamHead head, string how) => new($"stream '{head.Stream}' differs: {how}.");
}
