namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>What keeps the events.</summary>
internal enum StorageKind
{
    /// <summary>A directory of this machine, for one process.</summary>
    Embedded,

    /// <summary>A storage account, or Azurite, that any number of processes share.</summary>
    Azure,
}
