namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Where a demo keeps its events and its input; a temporary one goes away with it.</summary>
internal sealed class DemoDirectory : IDisposable
{
    private readonly DirectoryInfo _temporary;

    private DemoDirectory(string? data)
    {
        _temporary = Directory.CreateTempSubdirectory("silo-host-demo-");
        Data = data ?? Path.Combine(_temporary.FullName, "data");
    }

    /// <summary>The engine's directory.</summary>
    public string Data { get; }

    /// <summary>Where an input that is no file yet can be written.</summary>
    public string InputFile => Path.Combine(_temporary.FullName, "input.ndjson");

    /// <summary>Makes a temporary directory, for everything but <paramref name="data"/> if that is given.</summary>
    /// <exception cref="CommandException">The directory given has something in it.</exception>
    public static DemoDirectory Create(string? data) => data is not null && Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any()
        ? throw new CommandException($"'{data}' is not empty: the demo needs a new directory or table.")
        : new DemoDirectory(data);

    /// <inheritdoc/>
    public void Dispose() => _temporary.Delete(recursive: true);
}
