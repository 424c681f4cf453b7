namespace Orleans.Persist.Processes;

/// <summary>What becomes of an event on which the handler throws, or which nobody can decode.</summary>
public enum PoisonPolicy
{
    /// <summary>The activation fails with a <see cref="PoisonEventException"/> that names stream, version and type. The default.</summary>
    Fail = 0,

    /// <summary>The event is copied to the stream <c>$poison/…</c> of its owner, reported, and left out of the state.</summary>
    Quarantine = 1,

    /// <summary>The event is reported and left out of the state.</summary>
    Skip = 2,
}
