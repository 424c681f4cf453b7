using System.Collections.Concurrent;
using Orleans.EventSourcing;
using Orleans.Persist.Grains;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.Tests.LogConsistency;

namespace Orleans.Persist.Tests.Grains;

public interface IMeetingGrain : IGrainWithStringKey
{
    /// <summary>Whether the grain, while it started, met the one that it called then.</summary>
    Task<bool> Met();
}

/// <summary>Two grains of one class, with keys that end in a and b, that call each other while both of them start.</summary>
internal static class Meeting
{
    private static readonly ConcurrentDictionary<string, Barrier> Barriers = new(StringComparer.Ordinal);

    /// <summary>Holds its thread until the other one has come as far; then calls it, and does not wait for the answer.</summary>
    public static bool Attend(Grain self, IGrainFactory grains)
    {
        var (pair, key) = (self.GetType().FullName!, self.GetPrimaryKeyString());
        var met = Barriers.GetOrAdd(pair + key[..^1], _ => new Barrier(2)).SignalAndWait(TimeSpan.FromSeconds(20));
        grains.GetGrain<IMeetingGrain>(key[..^1] + (key[^1] == 'a' ? 'b' : 'a'), pair).Met().Ignore();
        return met;
    }
}

public sealed class MeetingPersistentGrain : PersistentGrain<LogState, Added>, IMeetingGrain
{
    private bool _met;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _met = Meeting.Attend(this, GrainFactory);
        return Task.CompletedTask;
    }

    public Task<bool> Met() => Task.FromResult(_met);

    protected override LogState Apply(LogState state, Added @event) => state;
}

public sealed class MeetingJournaledGrain : JournaledGrain<LogState, Added>, IMeetingGrain
{
    private bool _met;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _met = Meeting.Attend(this, GrainFactory);
        return Task.CompletedTask;
    }

    public Task<bool> Met() => Task.FromResult(_met);
}

public sealed class MeetingSinkGrain : EventSinkGrain<LogState>, IMeetingGrain
{
    private bool _met;

    protected override string Source => "meetings";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _met = Meeting.Attend(this, GrainFactory);
        return Task.CompletedTask;
    }

    public Task<bool> Met() => Task.FromResult(_met);

    protected override ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken) => default;
}
