using System.Diagnostics;
using Orleans.Persist.Embedded;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit;
using TradingFloor.Actors;

namespace TradingFloor;

/// <summary>The actors in a host on a directory, and the outside world that feeds them.</summary>
/// <remarks>
/// The host's clock is simulated. A tick is two steps: the clock moves to the tick's time, so that timers fire; then its prices come. The next step begins when everything that
/// the one before caused is done. So each strategy gets the same messages in the same order at the same times, however fast the machine is, and wherever a crash falls:
/// the clock service has stored a tick's time before the host's clock moves, and after a restart that clock begins there, when what was unfinished goes on.
/// </remarks>
internal sealed class Floor : IAsyncDisposable
{
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);
    private readonly EmbeddedStorage _storage;
    private readonly ManualTimeProvider _time;
    private readonly FloorPlan _plan;

    private Floor(EmbeddedStorage storage, ProcessHost host, ManualTimeProvider time, FloorPlan plan)
    {
        _storage = storage;
        _time = time;
        _plan = plan;
        Host = host;
    }

    public ProcessHost Host { get; }

    /// <summary>The tick whose time the clock shows; 0 before the first.</summary>
    public int Tick { get; private set; }

    /// <summary>What rebuilding the actors took.</summary>
    public RebuildStory Rebuilt { get; private set; } = null!;

    /// <summary>Opens the directory and rebuilds every actor that is in it.</summary>
    public static async Task<Floor> OpenAsync(string directory, FloorPlan plan, CancellationToken cancellationToken)
    {
        var storage = await EmbeddedStorage.OpenAsync(directory, cancellationToken: cancellationToken);
        var time = new ManualTimeProvider(FloorPlan.Start);
        var floor = new Floor(storage, new ProcessHost(storage, Kinds(plan), time: time), time, plan);
        try
        {
            await floor.RebuildAsync(cancellationToken);
            return floor;
        }
        catch
        {
            await floor.DisposeAsync();
            throw;
        }
    }

    /// <summary>Feeds the ticks of the plan that are left, the one that a crash has interrupted first.</summary>
    /// <param name="reached">Told each tick and step as it begins.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    public async Task RunAsync(Action<int, Step> reached, CancellationToken cancellationToken)
    {
        await Host.CallAsync(MarketData.Service, new OpenMarket(_plan.Actors), cancellationToken);
        if (Tick > 0)
            await FinishAsync(Tick, reached, cancellationToken);
        while (Tick < _plan.Ticks)
        {
            var next = Tick + 1;
            var time = FloorPlan.TimeOf(next);
            await Host.CallAsync(Clock.Service, new Advance(next, time), cancellationToken);
            _time.Advance(time - _time.GetUtcNow());
            Tick = next;
            await FinishAsync(next, reached, cancellationToken);
        }
    }

    /// <summary>The states of all strategies, by key.</summary>
    public async Task<SortedDictionary<string, StrategyState>> StrategiesAsync(CancellationToken cancellationToken)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, _plan.Actors).Select(Strategy.Number).Select(async id => (id.Key, State: await StateAsync(id, cancellationToken))));
        return new SortedDictionary<string, StrategyState>(all.ToDictionary(s => s.Key, s => s.State, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>All orders, by id.</summary>
    public async Task<Dictionary<Guid, Order>> OrdersAsync(CancellationToken cancellationToken)
    {
        var orders = new Dictionary<Guid, Order>();
        for (var i = 0; i < FloorPlan.Instruments; i++)
        {
            foreach (var (id, order) in (await Host.GetActiveStateAsync<GatewayState>(OrderGateway.Of(i), cancellationToken)).State.Orders)
                orders.Add(id, order);
        }

        return orders;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private static ProcessDefinition[] Kinds(FloorPlan plan)
    {
        var quotes = new KernelOptions<MarketState, IMarketMessage> { MaxUnacknowledgedSends = 4 * Math.Max(plan.Actors, 1_000) };
        var snapshots = new SnapshotPolicy { EveryEvents = 25 };
        var kept = new KernelOptions<StrategyState, IStrategyMessage> { ImmutableState = true, Snapshots = snapshots };
        return
        [
            ProcessDefinition.Journaled<Clock, ClockState, Advance>(Clock.Service.Type, () => new Clock()),
            ProcessDefinition.Journaled(MarketData.Service.Type, () => new MarketData(), new ProcessOptions<MarketState, IMarketMessage> { Kernel = quotes }),
            ProcessDefinition.Journaled(
                OrderGateway.Kind, () => new OrderGateway(), new ProcessOptions<GatewayState, PlaceOrder> { MailboxCapacity = Math.Max(1_000, plan.Actors) }),
            ProcessDefinition.Journaled(Strategy.Kind, () => new Strategy(), new ProcessOptions<StrategyState, IStrategyMessage> { Kernel = kept }),
        ];
    }

    private async Task RebuildAsync(CancellationToken cancellationToken)
    {
        var stood = (await Host.GetStateAsync<ClockState>(Clock.Service, cancellationToken: cancellationToken)).State;
        Tick = stood.Tick;
        if (Tick > 0)
            _time.Advance(stood.Time - _time.GetUtcNow()); // nothing runs yet

        var unfinished = 0;
        for (var i = 0; i < _plan.Actors && Tick > 0; i++) // looked at beside the actors, which are not in memory yet
            unfinished += IsSettled((await Host.GetStateAsync<StrategyState>(Strategy.Number(i), cancellationToken: cancellationToken)).State, Tick) ? 0 : 1;

        var watch = Stopwatch.StartNew();
        RebuildReport[] reports =
        [
            await RebuildAsync(Strategy.Kind, cancellationToken),
            await RebuildAsync(OrderGateway.Kind, cancellationToken),
            await RebuildAsync(MarketData.Service.Type, cancellationToken),
            await RebuildAsync(Clock.Service.Type, cancellationToken),
        ];
        await Host.StartAsync(cancellationToken);
        Rebuilt = new RebuildStory(Tick, reports.Sum(r => r.Processes), reports.Sum(r => r.Events), unfinished, watch.Elapsed.TotalMilliseconds);
    }

    private async Task<RebuildReport> RebuildAsync(string kind, CancellationToken cancellationToken)
    {
        var report = await Host.RebuildAsync(kind, cancellationToken: cancellationToken);
        return report.Failed.Count == 0 ? report : throw new FloorException($"{report.Failed.Count} actors could not be rebuilt, the first: {report.Failed.First().Value.Message}");
    }

    private async Task FinishAsync(int tick, Action<int, Step> reached, CancellationToken cancellationToken)
    {
        reached(tick, Step.Timers);
        await SettleAsync(tick - 1, cancellationToken);
        reached(tick, Step.Quotes);
        await Host.CallAsync(MarketData.Service, _plan.Tick(tick), cancellationToken);
        await SettleAsync(tick, cancellationToken);
    }

    /// <summary>Waits until every strategy has had the tick's quote, no order is unfilled and no review is due.</summary>
    private async Task SettleAsync(int tick, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < _plan.Actors; i++)
        {
            while (await StateAsync(Strategy.Number(i), cancellationToken) is var s && !IsSettled(s, tick))
            {
                if (Stopwatch.GetElapsedTime(started) > StepLimit)
                    throw new FloorException($"Tick {tick} is not done after {StepLimit}: '{Strategy.Number(i)}' is at {s}.");
                await Task.Delay(1, cancellationToken);
            }
        }
    }

    private bool IsSettled(StrategyState s, int tick) => s.LastTick >= tick && s.Unfilled == 0 && (s.LastTick == 0 || s.NextReview > _time.GetUtcNow());

    private async Task<StrategyState> StateAsync(ProcessId strategy, CancellationToken cancellationToken) =>
        (await Host.GetActiveStateAsync<StrategyState>(strategy, cancellationToken)).State;
}
