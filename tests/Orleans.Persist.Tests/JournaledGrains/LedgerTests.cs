using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Tests.LogConsistency;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>What tests of journaled grains need.</summary>
public abstract class LedgerTests(LogClusters clusters)
{
    protected static TimeSpan Patience => LogClusters.Patience;

    protected LogClusters Clusters => clusters;

    protected static string Method(string method) => $"{typeof(ILedgerGrain).FullName}/{method}";

    protected static string StreamOf(IGrainWithStringKey grain) => grain.GetGrainId().ToString();

    protected static (int, long) Sum(LedgerReport report) => (report.State.Sum, report.Version);

    /// <summary>Another activation has the same state.</summary>
    protected static void Same(LedgerReport before, LedgerReport after)
    {
        Assert.NotEqual(before.Activation, after.Activation);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(JsonSerializer.Serialize(before.State), JsonSerializer.Serialize(after.State));
    }

    protected ILedgerGrain Ledger(string? key = null) => Ledger<LedgerGrain>(key);

    protected ILedgerGrain Ledger<TGrain>(string? key = null) => clusters.Cluster.Client.GetGrain<ILedgerGrain>(key ?? Guid.NewGuid().ToString("N"), typeof(TGrain).FullName);

    protected IOracleGrain Oracle() => clusters.Cluster.Client.GetGrain<IOracleGrain>(Guid.NewGuid().ToString("N"));

    protected async Task<LedgerReport> Reactivated(ILedgerGrain ledger)
    {
        await clusters.Cluster.DeactivateAsync(ledger).WaitAsync(Patience);
        return await ledger.Report().WaitAsync(Patience);
    }

    /// <summary>Completes once a grain has stored so many messages.</summary>
    protected Task StoredAsync(IGrainWithStringKey grain, long version) =>
        clusters.Storage.WaitForAppendAsync(StreamOf(grain), 1, version - 1).AsTask().WaitAsync(Patience);

    protected async Task<List<RecordedEvent>> Stored(IGrainWithStringKey grain)
    {
        var messages = new List<RecordedEvent>();
        await foreach (var recorded in clusters.Storage.ReadAsync(StreamOf(grain), ReadRequest.All))
            messages.Add(recorded);
        return messages;
    }
}
