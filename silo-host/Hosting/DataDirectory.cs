namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The directory named on the command line.</summary>
internal static class DataDirectory
{
    /// <summary>Whether it is there. Of a table that is known when it is opened.</summary>
    /// <param name="data">The directory or table.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="CommandException">A file has its name.</exception>
    public static bool Exists(string data, string option = "--data") => StorageLocation.IsAzure(data) || (File.Exists(data)
        ? throw new CommandException($"'{data}' is a file; {option} names a directory.")
        : Directory.Exists(data));
}
