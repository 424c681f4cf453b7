using System.Net;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Which engine it is to be, and where it keeps its events.</summary>
/// <param name="Data">The directory or table.</param>
internal sealed record EngineSettings(string Data)
{
    /// <summary>Which engine.</summary>
    public HostEngine Engine { get; init; } = EngineChoice.Default;

    /// <summary>Whether other silos can use the same storage. An embedded directory belongs to one.</summary>
    public bool SharesStorage => StorageLocation.IsAzure(Data);

    /// <summary>Where other silos reach this one; 0: any port that is free.</summary>
    public int SiloPort { get; init; }

    /// <summary>Where clients of the cluster reach this silo; 0: any port that is free.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The silo that began the cluster, on this machine or in its network; null: this one does.</summary>
    public IPEndPoint? Primary { get; init; }
}
