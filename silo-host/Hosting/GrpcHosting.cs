using System.CommandLine;
using Orleans.Persist.Hosting;
using Orleans.Persist.Scopes;
using Orleans.Persist.Web.Grpc;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The scoped store over gRPC: the option <c>--grpc-urls</c>, and the sections <c>Grpc</c> and <c>ScopedStore</c> of the configuration.</summary>
/// <remarks><c>Grpc</c> has the options of <see cref="GrpcServiceOptions"/> and, in Kestrel's own format, the certificate: <c>Grpc:Certificates:Default:Path</c>.</remarks>
internal static class GrpcHosting
{
    /// <summary>The option.</summary>
    public static Option<string> Urls() => new("--grpc-urls")
    {
        Description = "Where the scoped store is served over gRPC; several are separated by semicolons. Not served by default. TLS for https://, with Grpc:Certificates:Default:Path.",
        HelpName = "URLS",
        DefaultValueFactory = _ => "",
    };

    /// <summary>The addresses in the option's value.</summary>
    public static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Adds the store to the engine, if it is to be served.</summary>
    public static void AddStore(PersistBuilder persist, IReadOnlyCollection<string> urls, IConfiguration configuration)
    {
        if (urls.Count > 0)
            persist.AddScopedStore(configuration.GetSection("ScopedStore").Bind);
    }

    /// <summary>Serves the store, if it is to be. After the engine was added.</summary>
    /// <exception cref="UsageException">An address cannot be used.</exception>
    public static void Serve(IServiceCollection services, IReadOnlyCollection<string> urls, IConfiguration configuration)
    {
        if (urls.Count == 0)
            return;
        var section = configuration.GetSection("Grpc");
        var options = new GrpcServiceOptions();
        section.Bind(options);
        foreach (var url in urls)
        {
            try
            {
                GrpcServer.ParseAddress(url, options);
            }
            catch (ArgumentException e)
            {
                throw new UsageException($"--grpc-urls: {e.Message}");
            }
        }

        services.AddScopedStoreGrpc(urls, section.Bind, section);
    }

    /// <summary>Where it is served, for people; empty where it is not.</summary>
    public static string Describe(IServiceProvider services) =>
        services.GetService<GrpcServer>() is { Addresses: { Count: > 0 } addresses } ? $"; grpc: {string.Join(", ", addresses)}" : "";
}
