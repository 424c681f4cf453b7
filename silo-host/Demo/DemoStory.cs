using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Commands;
#if ORLEANS
using Orleans.Persist.SiloHost.Demo.Cluster;
#endif
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Tells the story of a demo: one child is killed, another takes over, and the outcome is compared.</summary>
/// <param name="input">The input.</param>
/// <param name="settings">The engine and its directory, which is empty.</param>
/// <param name="say">Prints what happens.</param>
internal sealed class DemoStory(DemoInput input, EngineSettings settings, Action<string> say)
{
    private const int Killed = 128 + 9;

    /// <summary>Runs it.</summary>
    /// <exception cref="CommandException">The input is too short, or a child failed.</exception>
    /// <exception cref="InputException">The input cannot be read.</exception>
    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        say($"input: {input.Description}");
        var fold = await PlainFold.OfAsync(input, cancellationToken);
        var plan = new DemoPlan(fold.Keys.Count);
        if (plan.Events < DemoPlan.MinEvents)
            throw new CommandException($"the input has {plan.Events:N0} events; the demo needs {DemoPlan.MinEvents:N0} or more to be killed in the middle.");
        say($"{plan.Events:N0} events; each sink exports every {plan.ExportEvery:N0} events and every {DemoPlan.ExportInterval.TotalSeconds:N0} s");
        var report = new DemoReport { Input = input.Kind, Events = plan.Events };
        report = await KilledAsync(plan, report, cancellationToken);
        return await CompareAsync(plan, fold, report, cancellationToken);
    }

    private async Task<DemoReport> KilledAsync(DemoPlan plan, DemoReport report, CancellationToken cancellationToken)
    {
#if ORLEANS
        if (settings is { Engine: HostEngine.Orleans, SharesStorage: true })
            return await new ClusterStory(input, settings, say).RunAsync(plan, report, cancellationToken);
#endif
        report = await FirstChildAsync(plan, report, cancellationToken);
        return await SecondChildAsync(plan, report, cancellationToken);
    }

    private async Task<DemoReport> FirstChildAsync(DemoPlan plan, DemoReport report, CancellationToken cancellationToken)
    {
        using var child = ChildProcess.Start(DemoChildCommand.Arguments(settings, input, plan, toBeKilled: true));
        say($"process {child.Id} hosts the engine, {EngineChoice.Describe(settings.Engine)}, and ingests");
        var killed = false;
        await foreach (var message in child.ReadAsync(DemoPlan.StepTimeout, cancellationToken))
        {
            if (message is { Kind: ChildMessageKind.Started, Events: > 0 })
                throw NotEmpty(settings);
            if (message.Kind == ChildMessageKind.ExportHeld && !killed)
            {
                child.Kill();
                killed = true;
                say($"  {message.Sink} exports its state as of event {message.Version:N0} … SIGKILL");
            }
            else if (message.Kind == ChildMessageKind.Exported)
            {
                say($"  {message.Sink} has exported its state as of event {message.Version:N0}");
            }
        }

        if (!killed)
            throw new CommandException($"the first child ended by itself, with exit code {child.ExitCode}. {child.Errors}");
        return report with { Killed = child.ExitCode == Killed };
    }

    private async Task<DemoReport> SecondChildAsync(DemoPlan plan, DemoReport report, CancellationToken cancellationToken)
    {
        using var child = ChildProcess.Start(DemoChildCommand.Arguments(settings, input, plan, toBeKilled: false));
        say($"process {child.Id} takes over");
        var stopped = false;
        await foreach (var message in child.ReadAsync(DemoPlan.StepTimeout, cancellationToken))
        {
            switch (message.Kind)
            {
                case ChildMessageKind.Started:
                    report = report with { KilledAt = message.Events, KilledInExport = message.Sinks!.Any(sink => sink.FailedExports > 0) };
                    say($"  {message.Events:N0} events are there");
                    break;
                case ChildMessageKind.Rebuilt:
                    report = report with { RebuiltAt = message.Events, RebuildMilliseconds = message.Milliseconds, Sinks = [.. message.Sinks!.Select(sink => AfterRebuild(sink, message.Events))] };
                    foreach (var sink in report.Sinks)
                        say($"  {sink.Name} imported its state as of event {sink.Imported:N0} and got {sink.Replayed:N0} events replayed");
                    break;
                case ChildMessageKind.Exported:
                    say($"  {message.Sink} has exported its state as of event {message.Version:N0}");
                    break;
                case ChildMessageKind.Ingested:
                    say($"  the rest is ingested: {message.Events:N0} events; now it stops, and the sinks export");
                    break;
                case ChildMessageKind.Stopped:
                    stopped = true;
                    break;
            }
        }

        return stopped && child.ExitCode == ExitCodes.Done
            ? report
            : throw new CommandException($"the second child failed, with exit code {child.ExitCode}. {child.Errors}");
    }

    /// <summary>What a table says that has been used before.</summary>
    public static CommandException NotEmpty(EngineSettings settings) => new($"'{settings.Data}' is not empty: the demo needs a new directory or table.");

    private static DemoSink AfterRebuild(SinkStatus sink, long there) => new()
    {
        Name = sink.Name,
        ExportsBeforeKill = sink.Exports,
        Replayed = sink.Replayed,
        Imported = there - sink.Replayed,
    };

    /// <summary>Opens the directory once more: the sinks import what was exported on stop, and the stream is read back.</summary>
    private async Task<DemoReport> CompareAsync(DemoPlan plan, PlainFold fold, DemoReport report, CancellationToken cancellationToken)
    {
        say("comparing with a plain fold over the input");
        var sinks = new DemoSource();
        await using var session = await EngineSession.StartAsync(
            settings, persist => sinks.AddTo(persist, plan.ExportEvery, TimeSpan.Zero), cancellationToken: cancellationToken);
        var source = await session.Engine.GetSourceAsync(DemoSource.Name, cancellationToken);
        var statuses = await source.GetSinksAsync(cancellationToken);
        if (statuses.FirstOrDefault(sink => sink.Behind > 0 || !sink.Online) is { } behind)
            throw new CommandException($"{behind.Name} did not find its last state: it is at version {behind.Version:N0}. {behind.LastError}");
        var found = new HashSet<UInt128>();
        long events = 0;
        await foreach (var @event in source.ReadAsync(ReadRequest.All, cancellationToken))
        {
            found.Add(EventKey.Of(@event.Source, @event.Id));
            events++;
        }

        var there = found.Count(fold.Keys.Contains);
        return report with
        {
            Lost = fold.Keys.Count - there,
            Duplicated = events - there,
            Sinks =
            [
                .. report.Sinks.Join(statuses, sink => sink.Name, status => status.Name, (sink, status) => sink with
                {
                    Exports = status.Exports,
                    FailedExports = status.FailedExports,
                    StateIsRight = StateIsRight(sinks, fold, sink.Name),
                }),
            ],
        };
    }

    private static bool StateIsRight(DemoSource sinks, PlainFold fold, string name) =>
        (name == sinks.PerType.Name && PlainFold.Same(sinks.PerType.State.Counts, fold.PerType))
        || (name == sinks.PerDay.Name && PlainFold.Same(sinks.PerDay.State.Counts, fold.PerDay))
        || (name == sinks.LastActivity.Name && PlainFold.Same(sinks.LastActivity.State.Subjects, fold.LastActivity));
}
