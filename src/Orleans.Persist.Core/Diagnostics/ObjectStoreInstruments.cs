using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orleans.Persist.Diagnostics;

/// <summary>The measurements of object stores.</summary>
internal static class ObjectStoreInstruments
{
    private static readonly Counter<long> Exported = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.object_store.exported", "{object}", "Objects that were exported.");

    private static readonly Counter<long> Purged = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.object_store.purged", "{object}", "Objects that were purged.");

    public static Activity? Start(string operation, string store)
    {
        var activity = PersistDiagnostics.ActivitySource.StartActivity($"{operation} {store}");
        activity?.SetTag(Attributes.ObjectStore, store);
        return activity;
    }

    public static void OnExported(string store, long objects) => Exported.Add(objects, Of(store));

    public static void OnPurged(string store, long objects) => Purged.Add(objects, Of(store));

    private static KeyValuePair<string, object?> Of(string store) => new(Attributes.ObjectStore, store);
}
