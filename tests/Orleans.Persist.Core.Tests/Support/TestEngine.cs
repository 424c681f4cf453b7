using System.Globalization;
using System.Text;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>An engine with one source, "gateway", on a storage that outlives it.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    public const string SourceName = "gateway";

    private TestEngine(TestStorage storage, PersistEngine engine, IReadOnlyList<LogSink> sinks) => (Storage, Engine, Sinks) = (storage, engine, sinks);

    public TestStorage Storage { get; }

    public PersistEngine Engine { get; }

    public IReadOnlyList<LogSink> Sinks { get; }

    public EventSource Source => Engine.GetSource(SourceName);

    public static async Task<TestEngine> StartAsync(
        TestStorage storage, ManualTimeProvider time, EventSourceOptions? options = null, params IReadOnlyList<LogSink> sinks)
    {
        var engine = new PersistEngine(storage, time);
        engine.AddSource(SourceName, options ?? Quiet());
        foreach (var sink in sinks)
            engine.AddSink(SourceName, sink);
        await engine.StartAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return new TestEngine(storage, engine, sinks);
    }

    /// <summary>Options under which nothing triggers an export by itself.</summary>
    public static EventSourceOptions Quiet() => new() { ExportEvery = 0, ExportInterval = TimeSpan.Zero };

    public async Task<AppendResult> PublishAsync(int first, int last) =>
        await Source.PublishAsync(Enumerable.Range(first, last - first + 1).Select(Event).ToArray());

    public async Task<SinkStatus> StatusAsync(string sink) => (await Source.GetSinksAsync()).Single(s => s.Name == sink);

    public Task ReachedAsync(long version) => Task.WhenAll(Sinks.Select(s => s.ReachedAsync(version)));

    public Task ExportAsync(string? sink = null) => Source.ExportAsync(sink).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Ends as a crash would.</summary>
    public ValueTask CrashAsync() => Engine.AbortAsync();

    public async ValueTask DisposeAsync() => await Engine.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public static EventData Event(int number) => new() { Type = "Counted", Data = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)) };

    public static IEnumerable<string> Numbers(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(n => n.ToString(CultureInfo.InvariantCulture));
}
