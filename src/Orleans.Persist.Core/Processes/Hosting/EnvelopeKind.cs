namespace Orleans.Persist.Processes;

/// <summary>What an <see cref="Envelope"/> is.</summary>
internal enum EnvelopeKind
{
    /// <summary>A message from a caller or another process.</summary>
    Message,

    /// <summary>Look which timers are due.</summary>
    Timers,

    /// <summary>A receiver has acknowledged a send.</summary>
    Acknowledged,

    /// <summary>Recover, and send what was not acknowledged.</summary>
    Wake,

    /// <summary>Read the state.</summary>
    Look,

    /// <summary>Leave memory, if nothing else waits.</summary>
    Passivate,

    /// <summary>A message from another process that the handler keeps refusing: remember it as handled.</summary>
    SetAside,
}
