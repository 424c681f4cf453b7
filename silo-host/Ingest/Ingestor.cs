using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Publishes the events of an input to a source, in their order, leaving out those that are there already.</summary>
/// <param name="source">The source.</param>
/// <param name="maxBatchEvents">How many events one append has at most.</param>
/// <param name="beforePublish">Called with the number of events added so far before each append.</param>
/// <remarks>
/// Before a batch is published, its ids are looked up in the source, so that memory does not grow with it. Nobody else may publish
/// the same events meanwhile. Reading goes on while a batch is looked up and on its way to the disk.
/// </remarks>
internal sealed class Ingestor(IEventSource source, int maxBatchEvents = 500, Func<long, CancellationToken, ValueTask>? beforePublish = null)
{
    private const int MaxBatchBytes = 256 * 1024;
    private long _read;
    private long _added;
    private long _alreadyThere;

    /// <summary>How many events of the input have been read.</summary>
    public long Read => Volatile.Read(ref _read);

    /// <summary>How many of them are now durable and were not before.</summary>
    public long Added => Volatile.Read(ref _added);

    /// <summary>How many of them were there already.</summary>
    public long AlreadyThere => Volatile.Read(ref _alreadyThere);

    /// <summary>Reads the input to its end. Where that fails, the events before have been published.</summary>
    /// <exception cref="InputException">The input is bad, or has an event that the journal refuses.</exception>
    public async Task RunAsync(IEventReader reader, CancellationToken cancellationToken = default)
    {
        var (batch, keys) = (new List<InputEvent>(), new HashSet<(string Source, string Id)>());
        var bytes = 0;
        var publishing = Task.CompletedTask;
        try
        {
            await foreach (var input in reader.ReadAsync(cancellationToken))
            {
                Interlocked.Increment(ref _read);
                if (!keys.Add(KeyOf(input)))
                {
                    Interlocked.Increment(ref _alreadyThere);
                    continue;
                }

                batch.Add(input);
                bytes += input.Event.Data.Length;
                if (batch.Count < maxBatchEvents && bytes < MaxBatchBytes)
                    continue;
                await publishing;
                publishing = PublishAsync(reader, batch, cancellationToken);
                (batch, keys, bytes) = ([], [], 0);
            }
        }
        catch (InputException)
        {
            await publishing;
            await PublishAsync(reader, batch, cancellationToken);
            throw;
        }

        await publishing;
        await PublishAsync(reader, batch, cancellationToken);
    }

    private (string Source, string Id) KeyOf(InputEvent input) => (input.Event.Source ?? source.Name, input.Event.Id!);

    /// <summary>Leaves out of a batch what the source has already.</summary>
    private async Task<List<InputEvent>> NewOnesAsync(List<InputEvent> batch, CancellationToken cancellationToken)
    {
        var known = new HashSet<(string Source, string Id)>();
        var query = new EventQuery { Ids = batch.Select(input => input.Event.Id!).ToHashSet(StringComparer.Ordinal) };
        await foreach (var @event in source.QueryAsync(query, cancellationToken))
            known.Add((@event.Source, @event.Id));
        if (known.Count == 0)
            return batch;
        var added = batch.Where(input => !known.Contains(KeyOf(input))).ToList();
        Interlocked.Add(ref _alreadyThere, batch.Count - added.Count);
        return added;
    }

    private async Task PublishAsync(IEventReader reader, List<InputEvent> batch, CancellationToken cancellationToken)
    {
        batch = await NewOnesAsync(batch, cancellationToken);
        if (batch.Count == 0)
            return;
        if (beforePublish is not null)
            await beforePublish(Added, cancellationToken);
        try
        {
            await source.PublishAsync(batch.ConvertAll(input => input.Event).ToArray(), cancellationToken: cancellationToken);
            Interlocked.Add(ref _added, batch.Count);
        }
        catch (Exception e) when (e is AppendTooLargeException or ArgumentException)
        {
            await PublishOneByOneAsync(reader, batch, cancellationToken);
        }
    }

    /// <summary>Finds the event that the journal refuses, and publishes those before it.</summary>
    private async Task PublishOneByOneAsync(IEventReader reader, List<InputEvent> batch, CancellationToken cancellationToken)
    {
        foreach (var input in batch)
        {
            try
            {
                await source.PublishAsync(new[] { input.Event }, cancellationToken: cancellationToken);
                Interlocked.Increment(ref _added);
            }
            catch (Exception e) when (e is AppendTooLargeException or ArgumentException)
            {
                throw new InputException(reader.Name, input.Line, 0, e.Message, e);
            }
        }
    }
}
