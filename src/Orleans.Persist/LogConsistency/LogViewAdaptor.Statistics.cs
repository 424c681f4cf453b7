using Orleans.EventSourcing;

namespace Orleans.Persist.LogConsistency;

/// <content>The statistics that a <c>JournaledGrain</c> can switch on.</content>
internal sealed partial class LogViewAdaptor<TView, TEntry>
{
    private LogConsistencyStatistics? _stats;

    public void EnableStatsCollection() => _stats = new LogConsistencyStatistics
    {
        EventCounters = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["TentativeViewCalled"] = 0,
            ["ConfirmedViewCalled"] = 0,
            ["ConfirmedVersionCalled"] = 0,
            ["SubmitCalled"] = 0,
            ["SubmitRangeCalled"] = 0,
            ["TryAppendCalled"] = 0,
            ["TryAppendRangeCalled"] = 0,
            ["ConfirmSubmittedEntriesCalled"] = 0,
            ["SynchronizeNowCalled"] = 0,
            ["WritebackEvents"] = 0,
        },
        StabilizationLatenciesInMsecs = [],
    };

    public void DisableStatsCollection() => _stats = null;

    public LogConsistencyStatistics? GetStats() => _stats;

    private void Count(string counter)
    {
        if (_stats is not null)
            _stats.EventCounters[counter]++;
    }
}
