using Azure.Core;

namespace Orleans.Persist.AzureStorage;

/// <summary>The requests' pipeline: <see cref="ClientOptions.Retry"/>, <see cref="ClientOptions.Transport"/>, <see cref="ClientOptions.Diagnostics"/> and policies of one's own.</summary>
/// <remarks>By default a try that takes 10 seconds is given up, and five more follow on 408, 429, 5xx and broken connections, after 0.2 seconds and then doubling, or after what <c>Retry-After</c> says.</remarks>
public sealed class AzureStorageClientOptions : ClientOptions
{
    /// <summary>Makes options with the defaults.</summary>
    public AzureStorageClientOptions()
    {
        Retry.MaxRetries = 5;
        Retry.Delay = TimeSpan.FromMilliseconds(200);
        Retry.MaxDelay = TimeSpan.FromSeconds(10);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
    }
}
