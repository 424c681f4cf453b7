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
    public static async ValueTask<SinkStart> RunAsync(SinkContext context, SinkPort port, SinkNotes notes, StreamHead head, CancellationToken cancellationToken)
    {
        var import = await SinkImport.RunAsync(context, port, head, cancellationToken).ConfigureAwait(false);
        var incarnation = context.ExportIncarnation(head);
        var record = await notes.NoteAsync(
            notes.Next(SinkChangeKind.SinkImported) with { Incarnation = incarnation, Version = import.Version, Found = import.Found }, cancellationToken).ConfigureAwait(false);
        var warning = import.Version + 1 < head.FirstVersion ? CheckGap(context, port.Name, head, import, record) : null;
        var start = new SinkStart(import.Version, Math.Max(import.Version, head.FirstVersion - 1), warning);
        await port.OnImportedAsync(start.Version, cancellationToken).ConfigureAwait(false);
        await notes.NoteAsync(notes.Next(SinkChangeKind.SinkRegistered) with { Incarnation = incarnation, Version = start.Version }, cancellationToken).ConfigureAwait(false);
        context.Logger.SinkOnline(context.Source, port.Name, start.Version, head.Version - start.Version);
        return start;
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
