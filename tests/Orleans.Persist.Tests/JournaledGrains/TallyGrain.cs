using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Persist.JournaledGrains;
using Orleans.Persist.Processes;
using Orleans.Persist.Tests.Grains;
using Orleans.Streams;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Replaces its state and never changes it, and tells what it has refused.</summary>
public sealed class TallyGrain : MessageJournaledGrain<Tally>, ITallyGrain, IIncomingGrainCallFilter
{
    public const string StreamNamespace = "tallies";
    private static readonly ConcurrentDictionary<string, TaskCompletionSource<Exception>> All = new();
    private readonly Guid _activation = Guid.NewGuid();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the grain of this key has refused.</summary>
    public static TaskCompletionSource<Exception> RefusedBy(string key) => All.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString().StartsWith("subscribing", StringComparison.Ordinal))
            await this.GetStreamProvider(WalletGrain.StreamProvider).GetStream<int>(StreamNamespace, this.GetPrimaryKeyString()).SubscribeAsync((amount, _) => Brought(amount));
    }

    public Task<int> Add(int amount)
    {
        State = State with { Sum = State.Sum + amount };
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.FromResult(State.Sum);
    }

    public Task AddAndThrow(int amount)
    {
        State = State with { Sum = State.Sum + amount };
        Send(this, new Credit(amount));
        throw new InvalidOperationException("thrown by the call");
    }

    public Task StartOrleansTimer()
    {
        this.RegisterGrainTimer(() => Brought(100), TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<int> SumsUpTo(int last, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var sum = State.Sum; ; sum = State.Sum)
        {
            var changed = _changed.Task;
            yield return sum;
            if (sum >= last)
                yield break;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public async IAsyncEnumerable<int> ChangeWhileEnumerated()
    {
        await Task.Yield();
        State = new Tally();
        yield return 0;
    }

    public Task<(int Sum, long Version, Guid Activation)> Report() => Task.FromResult((State.Sum, Version, _activation));

    async Task IIncomingGrainCallFilter.Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await Invoke(context);
        }
        catch (NotSupportedException e)
        {
            RefusedBy(this.GetPrimaryKeyString()).TrySetResult(e);
            throw;
        }
    }

    protected override Task OnMessage(object message) => Brought(((Credit)message).Amount);

    protected override KernelOptions<Tally, JournaledMessage> Configure(KernelOptions<Tally, JournaledMessage> options) => options with { ImmutableState = true };

    private Task Brought(int amount)
    {
        State = State with { Sum = State.Sum + amount };
        return Task.CompletedTask;
    }
}
