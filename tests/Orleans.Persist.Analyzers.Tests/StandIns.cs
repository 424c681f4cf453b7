namespace Orleans.Persist.Analyzers.Tests;

/// <summary>Base classes with the names that the analyzer looks for, as source.</summary>
internal static class StandIns
{
    /// <summary>Of a grain only this: the analyzer must not need Orleans, and neither must its tests.</summary>
    public const string Grain =
        """
        using System;

        namespace Orleans.Persist.Grains
        {
            public abstract class PersistentGrain<TState, TEvent>
            {
                protected DateTimeOffset Now => TimeProvider.GetUtcNow();
                protected TimeProvider TimeProvider { get; } = TimeProvider.System;
                protected Random Random { get; } = new();
                protected Guid NewGuid() => Guid.NewGuid();
                protected virtual void Apply(TState state, TEvent @event) => _ = DateTime.UtcNow;
                protected virtual void Recover(TState state) { }
                protected virtual void OnEvent(TEvent @event) { }
            }
        }
        """;

    /// <summary>With the signatures of the processes.</summary>
    public const string Processes =
        """
        using System;
        using System.Threading.Tasks;

        namespace Orleans.Persist.Processes
        {
            [AttributeUsage(AttributeTargets.Class)]
            public sealed class JournaledAttribute : Attribute;

            public abstract class Process
            {
                protected DateTimeOffset Now => default;
                protected TimeProvider TimeProvider { get; } = TimeProvider.System;
                protected Random Random { get; } = new(0);
                protected Guid NewGuid() => default;
            }

            public abstract class PersistentProcess<TState, TEvent> : Process where TEvent : notnull
            {
                protected TState State => default!;
                protected abstract ValueTask<object?> HandleAsync(object command);
                protected abstract TState Apply(TState state, TEvent @event);
                protected virtual TState CreateState() => Activator.CreateInstance<TState>();
                protected virtual void OnEvent(TEvent @event, long version) { }
                protected virtual TState Recover(TState state, TEvent @event) => Apply(state, @event);
                protected virtual TState RecoverSnapshot(TState snapshot, long version) => snapshot;
            }

            [Journaled]
            public abstract class JournaledProcess<TState, TMessage> : Process where TMessage : notnull
            {
                protected TState State { get; set; } = default!;
                protected abstract object? Handle(TMessage message);
            }
        }
        """;
}
