namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>What runs sources and sinks.</summary>
internal enum HostEngine
{
    /// <summary>The process itself.</summary>
    Local = 1,

    /// <summary>An Orleans silo in the process.</summary>
    Orleans,
}
