using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Persist.TestKit;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Core.Tests.Processes;

/// <summary>A storage with faults to order, a clock, and hosts of the conformance suites' two kinds on it.</summary>
internal sealed class ProcessWorld : IAsyncDisposable
{
    private static readonly EventTypes<object> Notes = EventTypes<object>.Create(types => types.Add<ConformanceNote>());
    private readonly List<ProcessHost> _hosts = [];

    public ProcessWorld(JournalLimits? limits = null) => Storage = new TestStorage(Time, limits);

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public ManualTimeProvider Time { get; } = new();

    public TestStorage Storage { get; }

    public FaultyJournal Journal => Storage.Journal;

    /// <summary>Whether no time-out strikes: the clock runs faster here than a busy machine.</summary>
    public bool IsPatient { get; init; } = true;

    public ProcessHostOptions Options { get; set; } = new();

    public ProcessOptions<ConformanceLog, ConformanceEvent> Persistent { get; set; } = new();

    public ProcessOptions<ConformanceLog, ConformanceMessage> Journaled { get; set; } = new();

    public Action<ConformanceProcess, ConformanceEvent, long>? Happened { get; set; }

    public Action<ConformanceActor, ConformanceMessage>? Differ { get; set; }

    public List<ProcessDefinition> Others { get; } = [];

    public static ProcessId Process(string key) => new(ConformanceProcess.Kind, key);

    public static ProcessId Actor(string key) => new(ConformanceActor.Kind, key);

    public async Task<ProcessHost> StartAsync(IStorage? storage = null)
    {
        if (IsPatient)
        {
            var day = TimeSpan.FromDays(1);
            Options = Options with { CallTimeout = day };
            Persistent = Persistent with { Kernel = Persistent.Kernel with { RecoveryTimeout = day, AppendTimeout = day } };
            Journaled = Journaled with { Kernel = Journaled.Kernel with { RecoveryTimeout = day, AppendTimeout = day } };
        }

        var host = new ProcessHost(
            storage ?? Storage,
            [
                ProcessDefinition.Persistent(ConformanceProcess.Kind, () => new ConformanceProcess(Happened), Persistent with { Messages = Notes }),
                ProcessDefinition.Journaled(ConformanceActor.Kind, () => new ConformanceActor(Differ), Journaled),
                .. Others,
            ],
            Options,
            Time);
        _hosts.Add(host);
        await host.StartAsync().WaitAsync(Patience);
        return host;
    }

    public static Task<object?> DoAsync(ProcessHost host, string key, Func<ConformanceProcess, ValueTask<object?>> command) =>
        host.CallAsync(Process(key), command).WaitAsync(Patience);

    public static Task<object?> NoteAsync(ProcessHost host, string key, params string[] texts) => DoAsync(host, key, ConformanceProcess.Note(texts));

    public static Task<object?> TellAsync(ProcessHost host, string key, ConformanceMessage message) => host.CallAsync(Actor(key), message).WaitAsync(Patience);

    public static async Task<IReadOnlyList<string>> LiveAsync(ProcessHost host, string key) =>
        (IReadOnlyList<string>)(await DoAsync(host, key, p => new ValueTask<object?>(p.Log.Texts.ToArray())))!;

    /// <summary>The texts of a stream as they are stored, markers of the kernel left out.</summary>
    public async Task<IReadOnlyList<string>> StoredAsync(string stream)
    {
        var texts = new List<string>();
        await foreach (var recorded in Storage.Memory.ReadAsync(stream, ReadRequest.All))
        {
            if (recorded.Type[0] == '$')
                continue;
            using var json = System.Text.Json.JsonDocument.Parse(recorded.Data);
            texts.Add(json.RootElement.GetProperty("text").GetString()!);
        }

        return texts;
    }

    /// <summary>Waits until a stream has so many events, the kernel's markers included, while the clock runs on.</summary>
    public Task ReachedAsync(string stream, long version) =>
        PassUntilAsync(async () => (await Storage.Memory.GetHeadAsync(stream)).Version >= version);

    /// <summary>Lets the clock run, some steps of it at a time, until something is so.</summary>
    public async Task PassUntilAsync(Func<ValueTask<bool>> isSo, TimeSpan? step = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            Time.Advance(step ?? TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    /// <summary>Lets the clock run until a task has ended, and gives it.</summary>
    public async Task<T> PassAsync<T>(Task<T> task, TimeSpan? step = null)
    {
        await PassUntilAsync(() => new(task.IsCompleted), step);
        return await task;
    }

    public async ValueTask DisposeAsync()
    {
        Journal.IsSilent = null;
        foreach (var host in _hosts)
        {
            await host.AbortAsync();
            await host.DisposeAsync();
        }
    }
}
