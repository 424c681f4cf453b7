using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.AzureStorage;

namespace Orleans.Persist.Hosting;

/// <summary>Azure Storage for a host.</summary>
public static class AzurePersistBuilderExtensions
{
    /// <summary>Keeps everything in a storage account, which any number of hosts and silos share.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says where it is and how it is signed in to.</param>
    /// <exception cref="ArgumentException">An option is missing, contradicts another or is out of range.</exception>
    public static PersistBuilder UseAzureStorage(this PersistBuilder builder, Action<AzureStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new AzureStorageOptions();
        configure(options);
        options.Validate();
        return builder.UseStorage(async (services, cancellationToken) => await OpenAsync(services, options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Opens the storage with a host's clock, and logs what fails in the background. For those who put something in front of it.</summary>
    /// <inheritdoc cref="AzurePersistStorage.OpenAsync"/>
    public static Task<AzurePersistStorage> OpenAsync(IServiceProvider services, AzureStorageOptions options, CancellationToken cancellationToken)
    {
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger<AzurePersistStorage>() ?? (ILogger)NullLogger.Instance;
        options.OnBackgroundError ??= error => logger.BackgroundFailed(error, options.TableName);
        options.OnSwept ??= report => logger.Swept(options.TableName, report.Rows, report.Blobs);
        return AzurePersistStorage.OpenAsync(options, services.GetService<TimeProvider>(), cancellationToken);
    }
}
