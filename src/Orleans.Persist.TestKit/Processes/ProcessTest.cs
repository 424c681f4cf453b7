using Orleans.Persist.Processes;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>Tests of one process by given, when, then: given events or messages, when a message comes, then events, sends, reply and state.</summary>
/// <remarks>
/// The process runs in the real host with the real kernel, over storage in memory, with a clock that stands still until it is moved (requirements p.1 to p.14, m.1 to m.9).
/// Its random numbers and GUIDs are those of its persist id and versions, so the same in every run. What it sends is stored as always, but not delivered.
/// Works with any test framework: what is not as expected is a <see cref="ProcessAssertionException"/>.
/// </remarks>
public static class ProcessTest
{
    /// <summary>A test of a process whose commands persist events.</summary>
    /// <param name="create">Makes the process.</param>
    /// <param name="options">How it is kept in production: names, codecs and adapters of its events, snapshots, policies.</param>
    /// <param name="setup">The test's own settings.</param>
    /// <exception cref="ArgumentException">An option is out of bounds.</exception>
    public static ProcessScenario<TState, TEvent> Persistent<TState, TEvent>(
        Func<PersistentProcess<TState, TEvent>> create, ProcessOptions<TState, TEvent>? options = null, ProcessTestOptions? setup = null)
        where TEvent : notnull
    {
        options ??= new ProcessOptions<TState, TEvent>();
        setup ??= new ProcessTestOptions();
        return new ProcessScenario<TState, TEvent>(ProcessDefinition.Persistent(setup.Id.Type, create, options), options.Kernel, setup, journaled: false);
    }

    /// <summary>A test of an actor that is rebuilt from its messages.</summary>
    /// <inheritdoc cref="Persistent"/>
    public static ProcessScenario<TState, TMessage> Journaled<TState, TMessage>(
        Func<JournaledProcess<TState, TMessage>> create, ProcessOptions<TState, TMessage>? options = null, ProcessTestOptions? setup = null)
        where TMessage : notnull
    {
        options ??= new ProcessOptions<TState, TMessage>();
        setup ??= new ProcessTestOptions();
        return new ProcessScenario<TState, TMessage>(ProcessDefinition.Journaled(setup.Id.Type, create, options), options.Kernel, setup, journaled: true);
    }
}
