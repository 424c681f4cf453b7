using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <inheritdoc/>
internal sealed class SinkPort<TState>(EventSink<TState> sink) : SinkPort
    where TState : class, new()
{
    private TState _state = new();

    public override string Name { get; } = sink.Name;

    public override string StateType { get; } = sink.StateType;

    public override void Create() => _state = new TState();

    public override void Import(ReadOnlyMemory<byte> bytes) => _state = sink.Deserialize(bytes);

    public override ValueTask OnImportedAsync(long version, CancellationToken cancellationToken) =>
        sink.OnImportedAsync(_state, version, cancellationToken);

    public override ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken) =>
        sink.ApplyAsync(_state, @event, cancellationToken);

    public override ValueTask<ReadOnlyMemory<byte>> CaptureAsync(CancellationToken cancellationToken) => new(sink.Serialize(_state));
}
