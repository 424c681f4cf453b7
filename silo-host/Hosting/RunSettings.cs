namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>What the command line of <c>run</c> says.</summary>
/// <param name="Engine">The engine and its directory.</param>
/// <param name="Urls">Where HTTP/1.1 is served.</param>
/// <param name="GrpcUrls">Where the scoped store is served over gRPC; none where it is not.</param>
/// <param name="Settings">Settings that count more than those of files and environment variables.</param>
/// <param name="Verbose">Whether to log more.</param>
internal sealed record RunSettings(EngineSettings Engine, IReadOnlyList<ListenAddress> Urls, IReadOnlyList<string> GrpcUrls, IReadOnlyList<string> Settings, bool Verbose);
