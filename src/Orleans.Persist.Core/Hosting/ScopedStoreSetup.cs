using Microsoft.Extensions.Options;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Hosting;

/// <summary>That a host is configured with a scoped store.</summary>
internal sealed class ScopedStoreSetup(IOptions<ScopedStoreOptions> options)
{
    public ScopedStoreOptions Options => options.Value;
}
