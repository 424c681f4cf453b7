using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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
        {
            var logger = services.GetService<ILoggerFactory>()?.CreateLogger<EmbeddedStorage>() ?? (ILogger)NullLogger.Instance;
            options.OnBackgroundError ??= error => logger.BackgroundFailed(error, path);
            var storage = await EmbeddedStorage.OpenAsync(path, options, services.GetService<TimeProvider>(), cancellationToken).ConfigureAwait(false);
            foreach (var report in storage.Recovery.Where(report => report.TornBytes > 0))
                logger.TornEndCut(path, report.TornBytes, report.TornPlace);
            return storage;
        });
    }
}
