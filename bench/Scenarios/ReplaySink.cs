using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A sink that counts and, if asked, decodes. It says when it has applied a version.</summary>
internal sealed class ReplaySink(bool decode, long until) : EventSink<ReplaySink.Totals>
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Name => decode ? "decoding" : "counting";

    public Task Done => _done.Task;

    protected override ValueTask ApplyAsync(Totals state, RecordedEvent @event, CancellationToken cancellationToken)
    {
        state.Events++;
        if (decode)
            state.Quantity += JsonSerializer.Deserialize(@event.Data.Span, ReplayOrderJson.Default.ReplayOrder)!.Quantity;
        if (@event.Version == until)
            _done.TrySetResult();
        return default;
    }

    public sealed class Totals
    {
        public long Events { get; set; }

        public long Quantity { get; set; }
    }
}
