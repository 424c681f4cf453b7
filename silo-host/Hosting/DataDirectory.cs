namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The directory named with <c>--data</c>.</summary>
internal static class DataDirectory
{
    /// <summary>Whether it is there. Of a table that is known when it is opened.</summary>
    /// <exception cref="CommandException">A file has its name.</exception>
    public static bool Exists(string data) => StorageLocation.IsAzure(data) || (File.Exists(data)
        ? throw new CommandException($"'{data}' is a file; --data names a directory.")
        : Directory.Exists(data));
}
