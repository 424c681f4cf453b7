using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>What a silo is configured with: sources, sinks, and where events can be read.</summary>
internal sealed class SiloSources(IServiceProvider services, IStorage storage, IGrainFactory grains, IOptionsFactory<EventSourceOptions> options, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, EventSourceOptions> _options = new(StringComparer.Ordinal);
    private readonly Lazy<Dictionary<(string Source, string Sink), Func<SinkPort>>> _sinks = new(() => MakeSinks(services));

    public IStorage Storage => storage;

    public IGrainFactory Grains => grains;

    public TimeProvider Time { get; } = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public ILogger Logger { get; } = loggers.CreateLogger<EventSource>();

    /// <summary>The names of the sources that are configured.</summary>
    public IReadOnlyList<string> Names { get; } = [.. services.GetServices<SourceSetup>().Select(s => s.Source).Distinct(StringComparer.Ordinal)];

    /// <summary>The sinks that are configured, made when they are first asked for.</summary>
    public IReadOnlyDictionary<(string Source, string Sink), Func<SinkPort>> Sinks => _sinks.Value;

    /// <summary>A source's options. Names may come from outside, any number of them: only those of configured sources are kept.</summary>
    public EventSourceOptions Options(string source)
    {
        if (_options.TryGetValue(source, out var known))
            return known;
        var made = options.Create(source);
        return Names.Contains(source, StringComparer.Ordinal) ? _options.GetOrAdd(source, made) : made;
    }

    public bool IsVolatile(string source) => Options(source).VolatileCapacity > 0;

    public ISourceControl Control(string source) => grains.GetGrain<ISourceControl>(source);

    /// <summary>Where this silo reads a source: the journal, or the source itself where it is volatile.</summary>
    public IJournal JournalOf(string source) => IsVolatile(source) ? new GrainJournal(source, Control(source), Time) : storage.Journal;

    /// <summary>The names of the sources that have events.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var inMemory = Names.Where(IsVolatile).ToHashSet(StringComparer.Ordinal);
        foreach (var name in inMemory)
        {
            if ((await JournalOf(name).GetHeadAsync(name, cancellationToken).ConfigureAwait(false)).Exists)
                yield return name;
        }

        await foreach (var head in storage.Journal.ListStreamsAsync("", cancellationToken).ConfigureAwait(false))
        {
            if (head.Stream[0] != '$' && !inMemory.Contains(head.Stream))
                yield return head.Stream;
        }
    }

    private static Dictionary<(string Source, string Sink), Func<SinkPort>> MakeSinks(IServiceProvider services)
    {
        var sinks = new Dictionary<(string Source, string Sink), Func<SinkPort>>();
        foreach (var setup in services.GetServices<SinkSetup>())
        {
            var port = setup.Make(services);
            var name = port().Name;
            SystemNames.ValidateUserName(name, "sink");
            if (!sinks.TryAdd((setup.Source, name), port))
                throw new ArgumentException($"Source '{setup.Source}' has a sink named '{name}' already.");
        }

        return sinks;
    }
}
