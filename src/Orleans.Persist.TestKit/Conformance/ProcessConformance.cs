using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>What the suites of processes have in common: a host on the plug-in, and short forms.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class ProcessConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    /// <summary>The commands that the persistent process takes from others.</summary>
    protected static EventTypes<object> Notes { get; } = EventTypes<object>.Create(types => types.Add<ConformanceNote>());

    /// <summary>A host of the suites' two kinds on the storage that is open now.</summary>
    protected async Task<ProcessHost> StartAsync(
        KernelOptions<ConformanceLog, ConformanceEvent>? kernel = null,
        KernelOptions<ConformanceLog, ConformanceMessage>? actors = null,
        Action<ConformanceProcess, ConformanceEvent, long>? happened = null,
        Action<ConformanceActor, ConformanceMessage>? differ = null)
    {
        var host = new ProcessHost(
            Storage,
            [
                ProcessDefinition.Persistent(
                    ConformanceProcess.Kind,
                    () => new ConformanceProcess(happened),
                    new ProcessOptions<ConformanceLog, ConformanceEvent> { Kernel = kernel ?? new(), Messages = Notes }),
                ProcessDefinition.Journaled(
                    ConformanceActor.Kind,
                    () => new ConformanceActor(differ),
                    new ProcessOptions<ConformanceLog, ConformanceMessage> { Kernel = actors ?? new() }),
            ],
            time: Clock);
        await host.StartAsync(Limit);
        return host;
    }

    /// <summary>The persistent process of a key.</summary>
    protected static ProcessId Process(string key) => new(ConformanceProcess.Kind, key);

    /// <summary>The actor of a key.</summary>
    protected static ProcessId Actor(string key) => new(ConformanceActor.Kind, key);

    /// <summary>Has a process do something.</summary>
    protected Task<object?> DoAsync(ProcessHost host, string key, Func<ConformanceProcess, ValueTask<object?>> command) =>
        host.CallAsync(Process(key), command, Limit).WaitAsync(Limit);

    /// <summary>Has a process persist texts in one batch.</summary>
    protected Task<object?> NoteAsync(ProcessHost host, string key, params string[] texts) => DoAsync(host, key, ConformanceProcess.Note(texts));

    /// <summary>Gives an actor a message.</summary>
    protected Task<object?> TellAsync(ProcessHost host, string key, ConformanceMessage message) => host.CallAsync(Actor(key), message, Limit).WaitAsync(Limit);

    /// <summary>What the live process has in its state.</summary>
    protected async Task<ConformanceLog> LiveAsync(ProcessHost host, string key) =>
        (ConformanceLog)(await DoAsync(host, key, p => new ValueTask<object?>(new ConformanceLog { Texts = [.. p.Log.Texts], Replayed = p.Log.Replayed, Snapshot = p.Log.Snapshot })))!;

    /// <summary>What the journal says an actor's state is.</summary>
    protected async Task<ConformanceLog> StoredAsync(ProcessHost host, string key) =>
        (await host.GetStateAsync<ConformanceLog>(Actor(key), cancellationToken: Limit)).State;

    /// <summary>Waits until a process has so many events, and gives them.</summary>
    protected async Task<IReadOnlyList<string>> ReachedAsync(ProcessHost host, string key, int count)
    {
        var texts = new List<string>();
        await foreach (var @event in host.SubscribeAsync<ConformanceEvent>(Process(key), cancellationToken: Limit))
        {
            texts.Add(@event.Event.Text);
            if (texts.Count == count)
                break;
        }

        return texts;
    }

    /// <summary>Waits until an actor has handled so many messages, and gives their texts.</summary>
    protected async Task<IReadOnlyList<string>> HandledAsync(ProcessHost host, string key, int count)
    {
        var texts = new List<string>();
        await foreach (var message in host.SubscribeAsync<ConformanceMessage>(Actor(key), cancellationToken: Limit))
        {
            texts.Add(message.Event.Text);
            if (texts.Count == count)
                break;
        }

        return texts;
    }

    /// <summary>Ends a host as a crash would, and opens storage and host again.</summary>
    protected async Task<ProcessHost> CrashAsync(ProcessHost host, Func<Task<ProcessHost>>? start = null)
    {
        await host.AbortAsync();
        await ReopenAsync();
        return await (start ?? (() => StartAsync()))();
    }
}
