using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>Where a sink starts: what its import and the stream's state come to.</summary>
/// <param name="Covered">The last version that the imported state covers, 0 without one.</param>
/// <param name="Version">The version after which it gets events: that one, or what is held begins later (requirement g.3.1).</param>
/// <param name="Warning">What a sink of a volatile source has missed, if anything.</param>
internal sealed record SinkStart(long Covered, long Version, string? Warning)
{
    /// <summary>Imports and registers (requirements g.2.0, g.3.0).</summary>
    /// <exception cref="EventGapException">Events that the imported state does not cover are gone.</exception>
    public static async ValueTask<SinkStart> RunAsync(SinkContext context, SinkPort port, StreamHead head, CancellationToken cancellationToken)
    {
        var import = await SinkImport.RunAsync(context, port, head, cancellationToken).ConfigureAwait(false);
        var incarnation = context.ExportIncarnation(head);
        var record = await context.Ledger.ChangeAsync(port.Name, "SinkImported", s => Settle(s, context, incarnation, import), cancellationToken).ConfigureAwait(false);
        var warning = import.Version + 1 < head.FirstVersion ? CheckGap(context, port.Name, head, import, record) : null;
        var start = new SinkStart(import.Version, Math.Max(import.Version, head.FirstVersion - 1), warning);
        await port.OnImportedAsync(start.Version, cancellationToken).ConfigureAwait(false);
        await context.Ledger.ChangeAsync(
            port.Name, "SinkRegistered", s => s with { Incarnation = incarnation, Registered = start.Version }, cancellationToken).ConfigureAwait(false);
        context.Logger.SinkOnline(context.Source, port.Name, start.Version, head.Version - start.Version);
        return start;
    }

    /// <summary>An export that was running when the process ended: what the store holds says how it went.</summary>
    private static SinkRecord Settle(SinkRecord record, SinkContext context, int incarnation, SinkImport import)
    {
        if (record.RunningNumber == 0)
            return record;
        return import.Found && import.Version == record.RunningVersion && record.RunningVersion > record.ExportedVersion
            ? record.WithSucceeded(incarnation, import.Version, context.Time.GetUtcNow(), context.Snapshots.Keep)
            : record.WithFailed($"Export {record.RunningNumber} of version {record.RunningVersion} had not ended when the sink's process did.");
    }

    /// <summary>The stream begins after what the state covers. Only a sink that was promised nothing of what is gone may begin there.</summary>
    private static string? CheckGap(SinkContext context, string sink, StreamHead head, SinkImport import, SinkRecord record)
    {
        var (first, last) = (import.Version + 1, head.FirstVersion - 1);
        if (context.IsVolatile)
        {
            if (import.Version == 0)
                return null;
            context.Logger.EventsMissed(context.Source, sink, first, last);
            return Missed(first, last);
        }

        var known = record.Incarnation == head.Incarnation && (record.Exports > 0 || record.Registered < last);
        if (known || import.Found || import.Damage.Count > 0)
            throw new EventGapException(context.Source, sink, import.Version, head.FirstVersion);
        context.Logger.BeginsAfterTruncation(context.Source, sink, head.FirstVersion);
        return null;
    }

    /// <summary>Says what was missed.</summary>
    public static string Missed(long first, long last) => $"Events {first} to {last} were missed: the volatile source could not hold them any longer.";
}
