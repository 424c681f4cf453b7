using Microsoft.CodeAnalysis;

namespace Orleans.Persist.Analyzers;

/// <summary>One rule for each kind of thing that makes a handler do something else when it runs again. docs/analyzers.md lists what falls under each.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor Time = Create(
        "OP0001",
        "A deterministic handler reads the clock",
        "'{0}' in {1} reads the machine's clock: use 'Now', the time of the message or event being handled, or 'TimeProvider', which tells the same",
        "A rebuild runs the handler again, later. 'Now' and 'TimeProvider' of the base class tell the time of the message or event being handled, live and in the rebuild alike.");

    public static readonly DiagnosticDescriptor Guids = Create(
        "OP0002",
        "A deterministic handler makes a GUID of its own",
        "'{0}' in {1} makes another GUID each time it runs: use 'NewGuid()' of the base class",
        "A rebuild runs the handler again. 'NewGuid()' of the base class comes from a generator keyed by the persist id and the message or event being handled: a rebuild gets the same GUIDs.");

    public static readonly DiagnosticDescriptor Randomness = Create(
        "OP0003",
        "A deterministic handler draws random numbers of its own",
        "'{0}' in {1} draws other numbers each time it runs: use 'Random' of the base class",
        "A rebuild runs the handler again. 'Random' of the base class is a generator keyed by the persist id and the message or event being handled: a rebuild draws the same numbers. " +
        "It is not for secrets: draw those outside the handler, and send them in the message.");

    public static readonly DiagnosticDescriptor Threads = Create(
        "OP0004",
        "A deterministic handler starts work outside its turn, or waits for time to pass",
        "'{0}' in {1} lets the order of things depend on threads or timers: do such work outside the handler and send its result as a message, or await calls one after the other",
        "A handler runs alone, once for each message or event. What other threads and timers do meanwhile is not stored, so a rebuild cannot repeat it. " +
        "Do such work outside the handler and send its result as a message: it is stored then, and comes in the same order again.");

    private static DiagnosticDescriptor Create(string id, string title, string message, string description) =>
        new(id, title, message, "Determinism", DiagnosticSeverity.Warning, isEnabledByDefault: true, description);
}
