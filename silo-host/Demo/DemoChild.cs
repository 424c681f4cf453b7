using Orleans.Persist.Hosting;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>A child process of the demo: hosts the engine, ingests the input, and tells its parent what happens.</summary>
/// <param name="settings">The engine and its directory.</param>
/// <param name="input">The input.</param>
/// <param name="plan">When what happens.</param>
/// <param name="toBeKilled">Whether this child is the one to be killed.</param>
/// <param name="output">Where it tells.</param>
internal sealed class DemoChild(EngineSettings settings, DemoInput input, DemoPlan plan, bool toBeKilled, TextWriter output)
{
    private readonly ChildVoice _voice = new(output);
    private Action? _hold;
    private bool _held;

    /// <summary>Runs to the end, if it is not killed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        await using (var session = await EngineSession.StartAsync(
            settings,
            persist => new DemoSource().AddTo(persist, plan.ExportEvery, DemoPlan.ExportInterval),
            Watch,
            cancellationToken))
        {
            var source = await session.Engine.GetSourceAsync(DemoSource.Name, cancellationToken);
            var head = await source.GetHeadAsync(cancellationToken);
            _voice.Tell(new ChildMessage { Kind = ChildMessageKind.Started, Events = head.Version, Sinks = await source.GetSinksAsync(cancellationToken) });
            await DemoSinks.UntilAsync(source, sink => sink.Version >= head.Version, cancellationToken);
            _voice.Tell(new ChildMessage
            {
                Kind = ChildMessageKind.Rebuilt,
                Events = head.Version,
                Milliseconds = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds,
                Sinks = await source.GetSinksAsync(cancellationToken),
            });
            await IngestAsync(source, head.Version, cancellationToken);
            await DemoSinks.UntilAsync(source, sink => sink.Behind == 0, cancellationToken);
            _voice.Tell(new ChildMessage { Kind = ChildMessageKind.Ingested, Events = (await source.GetHeadAsync(cancellationToken)).Version });
        }

        _voice.Tell(new ChildMessage { Kind = ChildMessageKind.Stopped });
    }

    private WatchedStorage Watch(IStorage storage)
    {
        var snapshots = new WatchedSnapshots(storage.Snapshots, _voice.Tell);
        _hold = snapshots.Hold;
        return new WatchedStorage(storage, snapshots);
    }

    private async Task IngestAsync(IEventSource source, long there, CancellationToken cancellationToken)
    {
        await using var file = await InputSource.OpenAsync(input.File, cancellationToken);
        var ingestor = new Ingestor(source, plan.BatchEvents, async (added, cancellation) =>
        {
            _voice.Tell(new ChildMessage { Kind = ChildMessageKind.Published, Events = there + added });
            if (toBeKilled)
                await AwaitKillAsync(source, there + added, cancellation);
        });
        await ingestor.RunAsync(EventReaders.Create(file, input.Format, input.Columns), cancellationToken);
    }

    /// <summary>Past half of the input, once every sink has an export to fall back on, the next export is held. Publishing goes on, up to a limit.</summary>
    private async Task AwaitKillAsync(IEventSource source, long published, CancellationToken cancellationToken)
    {
        if (!_held && published >= plan.HoldFrom)
        {
            await DemoSinks.UntilAsync(source, sink => sink.ExportedVersion >= plan.ExportedBeforeKill, cancellationToken);
            _hold!();
            _held = true;
        }

        if (_held && published >= plan.PublishedBeforeKill)
            await Task.Delay(DemoPlan.StepTimeout, cancellationToken);
    }
}
