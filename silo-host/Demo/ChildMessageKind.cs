namespace Orleans.Persist.SiloHost.Demo;

/// <summary>What a child of the demo says.</summary>
internal enum ChildMessageKind
{
    /// <summary>The engine runs, and the sinks are online with what they imported; or a silo of a cluster runs.</summary>
    Started = 1,

    /// <summary>The sinks have everything that was there when the engine started.</summary>
    Rebuilt,

    /// <summary>Events have been published.</summary>
    Published,

    /// <summary>A sink has imported an export.</summary>
    Imported,

    /// <summary>An export is durable.</summary>
    Exported,

    /// <summary>An export has begun, and is held open until the process ends.</summary>
    ExportHeld,

    /// <summary>The input is at its end and the sinks have applied everything.</summary>
    Ingested,

    /// <summary>The engine has been stopped in order.</summary>
    Stopped,
}
