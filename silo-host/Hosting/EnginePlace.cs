using Orleans.Persist.SiloHost.Remote;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Where the events are that a command works on.</summary>
/// <param name="Data">The directory, unless there is a host.</param>
/// <param name="Remote">The running host, if it is one.</param>
internal sealed record EnginePlace(string Data, RemoteTarget? Remote)
{
    /// <inheritdoc/>
    public override string ToString() => Remote?.Url.GetLeftPart(UriPartial.Authority) ?? Data;
}
