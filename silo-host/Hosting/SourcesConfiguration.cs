using Orleans.Persist.Hosting;
using Orleans.Persist.SiloHost.Sinks;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Sources and their sinks from the configuration: the section <c>Sources</c>, with one child for each source.</summary>
/// <remarks>
/// <code>{ "Sources": { "gateway": { "Sinks": ["events-per-type"], "ExportEvery": 1000, "ExportInterval": "00:05:00" } } }</code>
/// Beside <c>Sinks</c> a source has the options of <see cref="EventSourceOptions"/>.
/// </remarks>
internal static class SourcesConfiguration
{
    private const string Section = "Sources";
    private const string Sinks = "Sinks";
    private static readonly HashSet<string> Known = [Sinks, .. typeof(EventSourceOptions).GetProperties().Select(property => property.Name)];

    /// <summary>Adds what is configured.</summary>
    /// <returns>The sources' names.</returns>
    /// <exception cref="UsageException">A key, a value or a sink is not known.</exception>
    public static IReadOnlyList<string> Apply(PersistBuilder persist, IConfiguration configuration)
    {
        var names = new List<string>();
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            var unknown = section.GetChildren().FirstOrDefault(child => !Known.Contains(child.Key, StringComparer.OrdinalIgnoreCase));
            if (unknown is not null)
                throw new UsageException($"the configuration has '{unknown.Path}', which is not known; a source has {string.Join(", ", Known)}.");
            names.Add(section.Key);
            var options = Bind(section);
            persist.AddEventSource(section.Key, source => Copy(options, source));
            foreach (var sink in section.GetSection(Sinks).Get<string[]>() ?? [])
                HostSinks.Add(persist, section.Key, sink);
        }

        return names;
    }

    private static EventSourceOptions Bind(IConfigurationSection section)
    {
        try
        {
            return section.Get<EventSourceOptions>() ?? new EventSourceOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new UsageException($"the configuration of source '{section.Key}': {e.Message}");
        }
    }

    private static void Copy(EventSourceOptions from, EventSourceOptions to)
    {
        foreach (var property in typeof(EventSourceOptions).GetProperties())
            property.SetValue(to, property.GetValue(from));
    }
}
