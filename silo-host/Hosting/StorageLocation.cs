using Orleans.Persist.AzureStorage;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Where events are kept, in one word: a directory, or <c>azure:TABLE</c>.</summary>
internal static class StorageLocation
{
    /// <summary>The setting with the storage account's connection string, in configuration and, with two underscores for the colon, in the environment.</summary>
    public const string ConnectionStringSetting = "AzureStorage:ConnectionString";

    private const string Prefix = "azure:";
    private static readonly string EnvironmentVariable = ConnectionStringSetting.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The table where none is named.</summary>
    public static string DefaultAzure => Azure(new AzureStorageOptions().TableName);

    /// <summary>A table of the storage account.</summary>
    public static string Azure(string table) => Prefix + table;

    /// <summary>Whether it is a table.</summary>
    public static bool IsAzure(string location) => location.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether two of them are the same place.</summary>
    public static bool Same(string one, string other) => Describe(one) == Describe(other);

    /// <summary>What it is, for people.</summary>
    public static string Describe(string location) => IsAzure(location) ? $"Azure Storage, table {TableOf(location)}" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(location));

    /// <summary>The connection string for this process and those it starts. It stands in the environment and not on their command lines, which others can see.</summary>
    public static void SetConnectionString(string connectionString) => Environment.SetEnvironmentVariable(EnvironmentVariable, connectionString);

    /// <summary>The connection string from the configuration, the environment or <c>appsettings.json</c>, or null.</summary>
    public static string? ConnectionString(IConfiguration? configuration = null) =>
        configuration?[ConnectionStringSetting]
        ?? new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables().Build()[ConnectionStringSetting];

    /// <summary>Opens it, and creates it where it is missing.</summary>
    /// <exception cref="CommandException">There is no connection string, or it or the table's name is not a good one.</exception>
    public static async ValueTask<IStorage> OpenAsync(IServiceProvider services, string location, CancellationToken cancellationToken)
    {
        if (!IsAzure(location))
            return await EmbeddedPersistBuilderExtensions.OpenAsync(services, location, new EmbeddedOptions(), cancellationToken);
        var connectionString = ConnectionString(services.GetService<IConfiguration>())
            ?? throw new CommandException($"Azure Storage needs a connection string: --connection-string, the environment variable {EnvironmentVariable}, or {ConnectionStringSetting} in appsettings.json.");
        var options = new AzureStorageOptions { ConnectionString = connectionString, TableName = TableOf(location) };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"{location}: {e.Message}");
        }

        return await AzurePersistBuilderExtensions.OpenAsync(services, options, cancellationToken);
    }

    private static string TableOf(string location) => location.Length > Prefix.Length ? location[Prefix.Length..] : new AzureStorageOptions().TableName;
}
