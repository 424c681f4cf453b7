namespace Orleans.Persist.Analyzers.Tests;

/// <summary>A base class with the name that the analyzer looks for, as source, where the real one may not be there.</summary>
internal static class StandIns
{
    /// <summary>The grain: the analyzer must not need Orleans, and neither must its tests.</summary>
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
}
