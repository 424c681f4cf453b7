using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Audit;

/// <summary>The checkpoints of a source, kept beside it in a stream of their own. They prove nothing there: copies kept elsewhere do. What they are for is to go on from, and to be the anchors of what was truncated.</summary>
/// <param name="journal">The journal that holds the source.</param>
/// <param name="source">The source's name.</param>
/// <param name="timeProvider">The clock; the system's by default.</param>
public sealed class AuditTrail(IJournal journal, string source, TimeProvider? timeProvider = null)
{
    /// <summary>What the names of the streams with checkpoints begin with; the source's name follows.</summary>
    public const string StreamPrefix = "$audit/";

    private readonly string _stream = SystemNames.Audit(source);
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <summary>The checkpoints kept beside the source, oldest first, those of earlier incarnations included.</summary>
    public async IAsyncEnumerable<AuditCheckpoint> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var @event in journal.ReadAsync(_stream, ReadRequest.All, cancellationToken).ConfigureAwait(false))
            yield return Read(@event);
    }

    /// <summary>Whether any checkpoint was ever taken of the source.</summary>
    public async ValueTask<bool> ExistsAsync(CancellationToken cancellationToken = default) =>
        (await journal.GetHeadAsync(_stream, cancellationToken).ConfigureAwait(false)).Exists;

    /// <summary>Takes a checkpoint of everything up to a version, or finds the one that is there. Reads the events since the checkpoint before.</summary>
    /// <param name="version">The version; null for the newest.</param>
    /// <param name="key">Signs it; null leaves it unsigned.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The checkpoint, or null for a source without events.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The version is not there, or not any more.</exception>
    /// <exception cref="InvalidOperationException">Events that no checkpoint covers were truncated away, so that there is nothing to go on from.</exception>
    public async ValueTask<AuditCheckpoint?> TakeAsync(long? version = null, AuditKey? key = null, CancellationToken cancellationToken = default)
    {
        var head = await journal.GetHeadAsync(source, cancellationToken).ConfigureAwait(false);
        if (!head.Exists)
            return null;
        var until = version ?? head.Version;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(until, head.Version, nameof(version));
        ArgumentOutOfRangeException.ThrowIfLessThan(until, Math.Max(1, head.FirstVersion - 1), nameof(version));
        var before = await NewestAsync(head.Incarnation, until, cancellationToken).ConfigureAwait(false);
        if (before?.Version == until)
            return key is null ? before : key.Sign(before);
        var chain = before is null ? new AuditChain(source, head.Incarnation) : new AuditChain(before);
        if (chain.Version + 1 < head.FirstVersion)
            throw new InvalidOperationException($"Events {chain.Version + 1} to {head.FirstVersion - 1} of source '{source}' were truncated away without a checkpoint: there is nothing to go on from.");
        var request = new ReadRequest { From = chain.Version + 1, To = until, Incarnation = head.Incarnation };
        await foreach (var @event in journal.ReadAsync(source, request, cancellationToken).ConfigureAwait(false))
            chain.Add(@event);
        var checkpoint = new AuditCheckpoint { Source = source, Incarnation = head.Incarnation, Version = chain.Version, Hash = chain.Hash, Taken = _time.GetUtcNow() };
        checkpoint = key?.Sign(checkpoint) ?? checkpoint;
        await journal.AppendAsync(
            _stream,
            ExpectedVersion.Any,
            new EventData { Type = "AuditCheckpoint", ContentType = "application/json", Data = System.Text.Encoding.UTF8.GetBytes(checkpoint.ToJson()) },
            cancellationToken).ConfigureAwait(false);
        return checkpoint;
    }

    /// <summary>Takes a checkpoint at the version before, then removes the events below a version: what is kept can still be proven.</summary>
    /// <inheritdoc cref="IJournal.TruncateAsync"/>
    public ValueTask TruncateAsync(long beforeVersion, CancellationToken cancellationToken = default) => TruncateAsync(beforeVersion, incarnation: 0, cancellationToken);

    /// <inheritdoc cref="TruncateAsync(long, CancellationToken)"/>
    public async ValueTask TruncateAsync(long beforeVersion, int incarnation, CancellationToken cancellationToken = default)
    {
        var head = await journal.GetHeadAsync(source, cancellationToken).ConfigureAwait(false);
        StreamIncarnationException.ThrowIfNot(incarnation, head);
        if (beforeVersion <= head.FirstVersion)
            return;
        await TakeAsync(beforeVersion - 1, key: null, cancellationToken).ConfigureAwait(false);
        await journal.TruncateAsync(source, beforeVersion, head.Incarnation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The checkpoint in an event of a stream whose name begins with <see cref="StreamPrefix"/>.</summary>
    /// <exception cref="FormatException">There is none in it.</exception>
    public static AuditCheckpoint Read(RecordedEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return AuditCheckpoint.Parse(System.Text.Encoding.UTF8.GetString(@event.Data.Span));
    }

    private async ValueTask<AuditCheckpoint?> NewestAsync(int incarnation, long until, CancellationToken cancellationToken)
    {
        await foreach (var @event in journal.ReadAsync(_stream, new ReadRequest { Backward = true }, cancellationToken).ConfigureAwait(false))
        {
            if (Read(@event) is var checkpoint && checkpoint.Incarnation == incarnation && checkpoint.Version <= until)
                return checkpoint;
        }

        return null;
    }
}
