using System.Collections.Concurrent;
using Orleans.Persist.SiloHost.Commands;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Demo.Cluster;

/// <summary>The part of a demo's story up to its comparison, on a cluster: two silos share the journal, the one where the source lives is killed, and the publisher goes on.</summary>
/// <param name="input">The input.</param>
/// <param name="settings">The storage that the silos share.</param>
/// <param name="say">Prints what happens.</param>
internal sealed class ClusterStory(DemoInput input, EngineSettings settings, Action<string> say)
{
    private const int Killed = 128 + 9;
    private const int Silos = 2;
    private readonly ConcurrentDictionary<string, long> _imported = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SiloProcess? _victim;
    private long? _killedAt;
    private long _killTime;
    private string? _lost;

    /// <summary>Runs it until everything is ingested and the cluster has stopped in order.</summary>
    /// <exception cref="CommandException">A silo failed that was not to be killed.</exception>
    public async Task<DemoReport> RunAsync(DemoPlan plan, DemoReport report, CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await RunAsync(plan, report, broken, broken.Token);
        }
        catch (OperationCanceledException) when (_lost is { } lost && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(lost);
        }
    }

    private async Task<DemoReport> RunAsync(DemoPlan plan, DemoReport report, CancellationTokenSource broken, CancellationToken cancellationToken)
    {
        using var membership = await StartAsync(DemoSiloCommand.Membership());
        say($"process {membership.Id} holds the membership of the cluster, and neither source nor sinks");
        using var first = await StartAsync(DemoSiloCommand.Silo(settings, plan, membership.SiloPort));
        using var second = await StartAsync(DemoSiloCommand.Silo(settings, plan, membership.SiloPort));
        say($"processes {first.Id} and {second.Id} are silos that share {StorageLocation.Describe(settings.Data)}");
        await using var client = await DemoClient.StartAsync(membership.GatewayPort, cancellationToken);
        if ((await client.Source.GetHeadAsync(cancellationToken)).Version > 0)
            throw DemoStory.NotEmpty(settings);
        await DemoSinks.UntilAsync(client.Source, _ => true, cancellationToken);
        await SpreadAsync(client, first, second, cancellationToken);
        say($"process {Environment.ProcessId}, this one, publishes as a client of the cluster");

        await IngestAsync();
        await DemoSinks.UntilAsync(client.Source, sink => sink.Behind == 0, cancellationToken);
        if (_victim is not { } victim)
            throw new CommandException("the input was at its end before the kill.");
        say($"  the rest is ingested: {(await client.Source.GetHeadAsync(cancellationToken)).Version:N0} events; now the cluster stops, and the sinks export");
        await (victim == first ? second : first).StopAsync(cancellationToken);
        await client.DisposeAsync();
        await membership.StopAsync(cancellationToken);
        return report with { Killed = await victim.ExitedAsync(cancellationToken) == Killed };

        Task<SiloProcess> StartAsync(IEnumerable<string> arguments) => SiloProcess.StartAsync(arguments, Hear, lost =>
        {
            _lost ??= lost;
            broken.Cancel();
        }, cancellationToken);

        async Task IngestAsync()
        {
            await using var file = await InputSource.OpenAsync(input.File, cancellationToken);
            var ingestor = new Ingestor(client.Source, plan.BatchEvents, async (published, token) =>
            {
                if (_killedAt is null)
                    await BeforeKillAsync(published, token);
                else if (report.RebuiltAt == 0)
                    report = await AfterKillAsync(client, report, token);
            });
            await ingestor.RunAsync(EventReaders.Create(file, input.Format, input.Columns), cancellationToken);
        }

        // Past half of the input, once every sink has an export to fall back on, the next export on the source's silo is held, and that silo killed.
        async Task BeforeKillAsync(long published, CancellationToken token)
        {
            if (_victim is null && published >= plan.HoldFrom)
            {
                var sinks = await DemoSinks.UntilAsync(client.Source, sink => sink.ExportedVersion >= plan.ExportedBeforeKill, token);
                report = await ChooseVictimAsync(client, report, sinks, [first, second], token);
                _victim!.HoldExports();
            }

            if (_victim is not null && published >= plan.PublishedBeforeKill)
                await _held.Task.WaitAsync(DemoPlan.StepTimeout, token);
            if (!_held.Task.IsCompleted)
                return;
            _killedAt = published;
            _killTime = TimeProvider.System.GetTimestamp();
            _ = Task.Run(_victim!.Kill, CancellationToken.None); // while the next events are on their way to it
            say($"  … SIGKILL to process {_victim.Id}, with {published:N0} events acknowledged and the next ones on their way");
        }
    }

    /// <summary>The first silo has everything, since it was alone for a while; one sink moves.</summary>
    private async Task SpreadAsync(DemoClient client, SiloProcess first, SiloProcess second, CancellationToken cancellationToken)
    {
        var places = await client.PlacesAsync(cancellationToken);
        if (places.Sinks.Values.All(port => port == first.SiloPort))
            await client.MoveSinkAsync(places.Sinks.Keys.First(), second.SiloPort, cancellationToken);
        places = await client.PlacesAsync(cancellationToken);
        foreach (var silo in (SiloProcess[])[first, second])
        {
            var there = places.Sinks.Where(sink => sink.Value == silo.SiloPort).Select(sink => sink.Key);
            say($"  in process {silo.Id}: {string.Join(", ", (silo.SiloPort == places.Source ? (string[])["the source"] : []).Concat(there))}");
        }
    }

    private async Task<DemoReport> ChooseVictimAsync(
        DemoClient client, DemoReport report, IReadOnlyList<SinkStatus> sinks, SiloProcess[] silos, CancellationToken cancellationToken)
    {
        var (source, lives) = await client.PlacesAsync(cancellationToken);
        if (!lives.Values.Contains(source))
            throw new CommandException("no sink lives on the silo of the source, so none of its exports can be killed.");
        _victim = silos.Single(silo => silo.SiloPort == source);
        return report with
        {
            Silos = Silos,
            Sinks = [.. sinks.Select(sink => new DemoSink { Name = sink.Name, ExportsBeforeKill = sink.Exports, Stayed = lives.TryGetValue(sink.Name, out var port) && port != source })],
        };
    }

    /// <summary>The publisher has its answer, so the source lives again; its sinks come back too.</summary>
    private async Task<DemoReport> AfterKillAsync(DemoClient client, DemoReport report, CancellationToken cancellationToken)
    {
        var answered = TimeProvider.System.GetElapsedTime(_killTime).TotalMilliseconds;
        say($"  the source lives on, and the publisher has its answer after {answered:N0} ms");
        var head = await client.Source.GetHeadAsync(cancellationToken);
        var sinks = await DemoSinks.UntilAsync(client.Source, sink => sink.Version >= head.Version, cancellationToken, moving: true);
        report = report with
        {
            KilledAt = _killedAt!.Value,
            RebuiltAt = head.Version,
            AnsweredMilliseconds = answered,
            RebuildMilliseconds = TimeProvider.System.GetElapsedTime(_killTime).TotalMilliseconds,
            KilledInExport = report.Sinks.Any(before => !before.Stayed && sinks.Any(sink => sink.Name == before.Name && sink.FailedExports > 0)),
            Sinks = [.. report.Sinks.Join(sinks, before => before.Name, sink => sink.Name, AfterRebuild)],
        };
        foreach (var sink in report.Sinks)
        {
            say(sink.Stayed
                ? $"  {sink.Name} stayed where it was"
                : $"  {sink.Name} lives on the other silo: it imported its state as of event {sink.Imported:N0} and got {sink.Replayed:N0} events replayed");
        }

        return report;
    }

    private DemoSink AfterRebuild(DemoSink before, SinkStatus sink) => before.Stayed
        ? before
        : before with { Imported = _imported.GetValueOrDefault(sink.Name), Replayed = sink.Replayed };

    private void Hear(SiloProcess silo, ChildMessage message)
    {
        switch (message.Kind)
        {
            case ChildMessageKind.Exported:
                say($"  {message.Sink} has exported its state as of event {message.Version:N0}");
                break;
            case ChildMessageKind.ExportHeld when silo == _victim && _held.TrySetResult():
                say($"  {message.Sink} exports its state as of event {message.Version:N0} …");
                break;
            case ChildMessageKind.Imported when silo != _victim:
                _imported[message.Sink!] = message.Version;
                break;
            default:
                break;
        }
    }
}
