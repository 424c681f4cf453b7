using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Embedded;

namespace Orleans.Persist.Hosting;

/// <summary>The embedded storage for a host.</summary>
public static class EmbeddedPersistBuilderExtensions
{
    /// <summary>Keeps everything in a directory of this machine, which one process at a time holds. It is created where it is missing.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The directory.</param>
    /// <param name="configure">Changes the options.</param>
    public static PersistBuilder UseEmbeddedJournal(this PersistBuilder builder, string path, Action<EmbeddedOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var options = new EmbeddedOptions();
        configure?.Invoke(options);
        options.Validate();
        return builder.UseStorage(async (services, cancellationToken) =>
            await EmbeddedStorage.OpenAsync(path, options, services.GetService<TimeProvider>(), cancellationToken).ConfigureAwait(false));
    }
}
