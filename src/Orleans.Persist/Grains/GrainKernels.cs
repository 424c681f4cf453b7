using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Hosting;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Grains;

/// <summary>What the kernels of persistent grains have in common on a silo: one set of options for each class of grains.</summary>
internal sealed class GrainKernels(
    IStorage storage, GrainSerialization serialization, GrainSendCodec sends, IOptions<PersistentGrainOptions> options, ILogger<GrainKernels> logger, IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, object> _options = new();

    public PersistentGrainOptions Options => options.Value;

    public GrainSendCodec Sends => sends;

    public KernelServices Services { get; } = new(storage, services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System, logger, sends);

    public KernelOptions<TState, TEvent> OptionsOf<TState, TEvent>(
        Type grain, Action<EventTypesBuilder<TEvent>> events, Func<KernelOptions<TState, TEvent>, KernelOptions<TState, TEvent>> configure)
        where TEvent : notnull =>
        (KernelOptions<TState, TEvent>)_options.GetOrAdd(grain, _ =>
        {
            var codec = serialization.State<TState>();
            var made = configure(new KernelOptions<TState, TEvent>
            {
                Events = serialization.Events(events),
                State = codec ?? new NoStateCodec<TState>(),
                Snapshots = codec is null ? SnapshotPolicy.Never with { OnPassivation = false } : Options.Snapshots,
                TruncateAfterSnapshot = Options.TruncateAfterSnapshot,
                OnPoison = Options.OnPoison,
                RecoveryTimeout = Options.RecoveryTimeout,
                AppendTimeout = Options.AppendTimeout,
                MaxUnacknowledgedSends = Options.MaxUnacknowledgedSends,
            });
            made.Validate();
            return made;
        });
}
