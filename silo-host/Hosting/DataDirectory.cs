namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The directory named with <c>--data</c>.</summary>
internal static class DataDirectory
{
    /// <summary>Whether it is there.</summary>
    /// <exception cref="CommandException">A file has its name.</exception>
    public static bool Exists(string data) => File.Exists(data)
        ? throw new CommandException($"'{data}' is a file; --data names a directory.")
        : Directory.Exists(data);
}
