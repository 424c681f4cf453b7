using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>What a sink found to import.</summary>
/// <param name="Version">The last version that its state covers; 0 where it begins with an empty state, or with one of a volatile source's earlier run.</param>
/// <param name="Found">Whether an export was imported.</param>
/// <param name="Damage">Why newer exports could not be imported.</param>
internal sealed record SinkImport(long Version, bool Found, IReadOnlyList<Exception> Damage)
{
    /// <summary>Imports the newest export that can be read and fits the stream (requirements g.2.0, g.6.0, g.6.1).</summary>
    public static async ValueTask<SinkImport> RunAsync(SinkContext context, SinkPort port, StreamHead head, CancellationToken cancellationToken)
    {
        var owner = SystemNames.SinkExports(context.Source, port.Name);
        var incarnation = context.ExportIncarnation(head);
        var damage = new List<Exception>();
        await foreach (var read in context.Snapshots.ReadAsync(owner, cancellationToken).ConfigureAwait(false))
        {
            var error = read.Damage;
            if (read.Snapshot is { } snapshot)
            {
                if (snapshot.Incarnation != incarnation && !context.IsVolatile)
                {
                    context.Logger.ExportOfOldIncarnation(context.Source, port.Name, read.Number, snapshot.Incarnation);
                    continue;
                }

                var version = snapshot.Incarnation == incarnation ? snapshot.Version : 0;
                if (version > head.Version)
                    error = new JournalException($"The export covers version {version}, but stream '{context.Source}' ends at {head.Version}.");
                else if (snapshot.Type != port.StateType)
                    error = new JournalException($"The export holds a state of type '{snapshot.Type}'; the sink's is '{port.StateType}'.");
                else if (TryImport(port, snapshot.Data) is not { } failure)
                    return new SinkImport(version, Found: true, damage);
                else
                    error = failure;
            }

            damage.Add(error!);
            context.Logger.ExportUnreadable(error!, context.Source, port.Name, read.Number);
            SourceInstruments.OnDamageRecovered(owner);
        }

        port.Create();
        return new SinkImport(0, Found: false, damage);
    }

    private static Exception? TryImport(SinkPort port, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            port.Import(bytes);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
