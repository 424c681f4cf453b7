namespace Orleans.Persist.Analyzers.Tests;

/// <summary>Base classes with the names that the analyzer looks for, as source.</summary>
internal static class StandIns
{
    public const string Process = "Orleans.Persist.Processes.PersistentProcess";
    public const string Journaled = "Orleans.Persist.Processes.JournaledProcess";
    public const string Grain = "Orleans.Persist.Grains.PersistentGrain";

    public static readonly string Source =
        $$"""
        using System;
        using System.Threading.Tasks;

        namespace Orleans.Persist.Processes
        {
            [AttributeUsage(AttributeTargets.Class)]
            public sealed class JournaledAttribute : Attribute;

            {{Class("PersistentProcess")}}
            {{Class("JournaledProcess")}}
        }

        namespace Orleans.Persist.Grains
        {
            {{Class("PersistentGrain")}}
        }
        """;

    // The engine itself reads the clock, and may.
    private static string Class(string name) =>
        $$"""
        public abstract class {{name}}<TState, TEvent>
        {
            protected DateTimeOffset Now => TimeProvider.GetUtcNow();
            protected TimeProvider TimeProvider { get; } = TimeProvider.System;
            protected Random Random { get; } = new();
            protected Guid NewGuid() => Guid.NewGuid();
            protected virtual void Apply(TState state, TEvent @event) => _ = DateTime.UtcNow;
            protected virtual void Recover(TState state) { }
            protected virtual void OnEvent(TEvent @event) { }
            protected virtual void Handle(object message) { }
            protected virtual Task HandleAsync(object message) => Task.CompletedTask;
        }
        """;
}
