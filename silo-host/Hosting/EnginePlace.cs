using Orleans.Persist.SiloHost.Remote;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Where the events are that a command works on.</summary>
/// <param name="Settings">The engine and the directory, unless there is a host.</param>
/// <param name="Remote">The running host, if it is one.</param>
internal sealed record EnginePlace(EngineSettings Settings, RemoteTarget? Remote)
{
    /// <inheritdoc/>
    public override string ToString() => Remote?.Url.GetLeftPart(UriPartial.Authority) ?? Settings.Data;
}
