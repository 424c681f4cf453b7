using Orleans.Persist.Web;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The web face's options from the configuration: the section <c>Web</c>.</summary>
/// <remarks><code>{ "Web": { "ApiKeys": ["…"], "MaxBodyBytes": 8388608 } }</code></remarks>
internal static class WebConfiguration
{
    private const string Section = "Web";
    private static readonly HashSet<string> Known = [.. typeof(PersistWebOptions).GetProperties().Select(property => property.Name)];

    /// <summary>Reads the options, and refuses addresses that they do not go together with.</summary>
    /// <exception cref="UsageException">A key or value is not known, or an address beyond loopback has no credentials.</exception>
    public static PersistWebOptions Read(IConfiguration configuration, IEnumerable<ListenAddress> addresses)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            throw new UsageException("the configuration has 'Kestrel:Endpoints'; addresses are given with --urls.");
        var section = configuration.GetSection(Section);
        var unknown = section.GetChildren().FirstOrDefault(child => !Known.Contains(child.Key, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
            throw new UsageException($"the configuration has '{unknown.Path}', which is not known; '{Section}' has {string.Join(", ", Known)}.");
        var options = Bind(section);
        var open = options.ApiKeys.Count == 0 ? addresses.FirstOrDefault(address => !address.IsLoopback) : null;
        return open is null
            ? options
            : throw new UsageException(
                $"'{open.Url}' can be reached from other machines, and there are no credentials. Configure a key, in the environment ({Section}__ApiKeys__0=KEY) or in appsettings.json, or listen on loopback (http://127.0.0.1:5080).");
    }

    /// <summary>Copies every option.</summary>
    public static void Copy(PersistWebOptions from, PersistWebOptions to)
    {
        foreach (var property in typeof(PersistWebOptions).GetProperties())
            property.SetValue(to, property.GetValue(from));
    }

    private static PersistWebOptions Bind(IConfigurationSection section)
    {
        try
        {
            return section.Get<PersistWebOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new PersistWebOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new UsageException($"the configuration of '{Section}': {e.Message}");
        }
    }
}
