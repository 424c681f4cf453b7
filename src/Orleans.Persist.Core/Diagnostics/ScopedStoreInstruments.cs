using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Diagnostics;

/// <summary>The measurements of scoped stores.</summary>
internal static class ScopedStoreInstruments
{
    private const string Outcome = "orleans.persist.outcome";

    private static readonly Counter<long> Saves = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.scoped_store.saves", "{save}", "Saves that were begun.");

    private static readonly Counter<long> Loads = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.scoped_store.loads", "{load}", "Loads, by what they found.");

    private static readonly Counter<long> Deletes = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.scoped_store.deletes", "{delete}", "Deletes that were begun.");

    private static readonly Counter<long> Expired = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.scoped_store.expired", "{value}", "Values that were freed because they had expired.");

    private static readonly ConcurrentDictionary<ScopedStore, bool> Stores = new();

    static ScopedStoreInstruments()
    {
        PersistDiagnostics.Meter.CreateObservableGauge(
            "orleans.persist.scoped_store.keys", () => Stores.Keys.Sum(store => store.Count), "{key}", "Keys in memory, with those that are remembered as expired.");
        PersistDiagnostics.Meter.CreateObservableGauge(
            "orleans.persist.scoped_store.bytes", () => Stores.Keys.Sum(store => store.Bytes), "By", "What counts towards the limit of the store.");
    }

    public static void OnSaving() => Saves.Add(1);

    public static void OnDeleting() => Deletes.Add(1);

    public static void OnExpired(int values)
    {
        if (values > 0)
            Expired.Add(values);
    }

    public static void OnLoaded(LoadOutcome outcome)
    {
        if (Loads.Enabled)
            Loads.Add(1, new KeyValuePair<string, object?>(Outcome, NameOf(outcome)));
    }

    /// <summary>Has what a store holds reported until <see cref="Forget"/>.</summary>
    public static void Observe(ScopedStore store) => Stores[store] = true;

    public static void Forget(ScopedStore store) => Stores.TryRemove(store, out _);

    private static string NameOf(LoadOutcome outcome) => outcome switch
    {
        LoadOutcome.Found => "found",
        LoadOutcome.Expired => "expired",
        _ => "missing",
    };
}
