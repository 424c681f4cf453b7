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
        return builder.UseStorage(async (services, cancellationToken) => await OpenAsync(services, path, options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Opens the storage with a host's clock, and logs what recovery cut off and what fails in the background. For those who put something in front of it.</summary>
    /// <inheritdoc cref="EmbeddedStorage.OpenAsync(Embedded.Files.IStorageDirectory, EmbeddedOptions?, TimeProvider?, CancellationToken)"/>
    public static async Task<EmbeddedStorage> OpenAsync(IServiceProvider services, string path, EmbeddedOptions options, CancellationToken cancellationToken)
    {
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger<EmbeddedStorage>() ?? (ILogger)NullLogger.Instance;
        options.OnBackgroundError ??= error => logger.BackgroundFailed(error, path);
        var storage = await EmbeddedStorage.OpenAsync(path, options, services.GetService<TimeProvider>(), cancellationToken).ConfigureAwait(false);
        foreach (var report in storage.Recovery.Where(report => report.TornBytes > 0))
            logger.TornEndCut(path, report.TornBytes, report.TornPlace);
        return storage;
    }
}
