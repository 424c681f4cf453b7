using System.Globalization;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.SiloHost.Sinks;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>What the sinks' states must be, made from the input alone: no engine, no journal, none of the sinks' code.</summary>
internal sealed class PlainFold
{
    /// <summary>The keys of the events, each of which must be in the stream once.</summary>
    public HashSet<UInt128> Keys { get; } = [];

    /// <summary>Events by type.</summary>
    public Dictionary<string, long> PerType { get; } = [];

    /// <summary>Events by day.</summary>
    public Dictionary<string, long> PerDay { get; } = [];

    /// <summary>Last activity by subject.</summary>
    public Dictionary<string, Activity> LastActivity { get; } = [];

    /// <summary>Reads an input. An event that is in it twice counts once.</summary>
    /// <exception cref="CommandException">An event has no time: what the journal would give it is not in the input.</exception>
    public static async Task<PlainFold> OfAsync(DemoInput demo, CancellationToken cancellationToken)
    {
        var fold = new PlainFold();
        await using var input = await InputSource.OpenAsync(demo.File, cancellationToken);
        await foreach (var (data, line) in EventReaders.Create(input, demo.Format, demo.Columns).ReadAsync(cancellationToken))
        {
            if (!fold.Keys.Add(EventKey.Of(data.Source ?? DemoSource.Name, data.Id!)))
                continue;
            if (data.Time is not { } time)
                throw new CommandException($"{input.Name}, line {line}: the event has no time, which the demo's sinks go by. Name its column with --time.");
            fold.PerType[data.Type] = fold.PerType.GetValueOrDefault(data.Type) + 1;
            var day = DateOnly.FromDateTime(time.UtcDateTime).ToString("O", CultureInfo.InvariantCulture);
            fold.PerDay[day] = fold.PerDay.GetValueOrDefault(day) + 1;
            if (data.Subject is not null && !(fold.LastActivity.TryGetValue(data.Subject, out var last) && last.Time > time))
                fold.LastActivity[data.Subject] = new Activity(time.ToUniversalTime(), data.Type);
        }

        return fold;
    }

    /// <summary>Whether two maps have the same keys with the same values.</summary>
    public static bool Same<TValue>(IReadOnlyDictionary<string, TValue> one, IReadOnlyDictionary<string, TValue> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && EqualityComparer<TValue>.Default.Equals(pair.Value, value));
}
