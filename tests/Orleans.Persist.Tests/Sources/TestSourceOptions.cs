using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Tests.Sources;

/// <summary>Options of sources by their names, to be set by a test before it uses the source.</summary>
internal sealed class TestSourceOptions : IConfigureNamedOptions<EventSourceOptions>
{
    private readonly ConcurrentDictionary<string, Action<EventSourceOptions>> _options = new();

    public void Set(string source, Action<EventSourceOptions> configure) => _options[source] = configure;

    public void Configure(string? name, EventSourceOptions options)
    {
        (options.ExportEvery, options.ExportInterval) = (0, TimeSpan.Zero);
        if (_options.TryGetValue(name ?? "", out var configure))
            configure(options);
    }

    public void Configure(EventSourceOptions options) => Configure("", options);
}
