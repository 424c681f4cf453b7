namespace Orleans.Persist.SiloHost.Tests;

/// <summary>Finds the real data beside the repository, where it is there.</summary>
internal static class RepositoryFiles
{
    public static string? SharedData(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Orleans.Persist.sln")))
                continue;
            var file = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data", name));
            return File.Exists(file) ? file : null;
        }

        return null;
    }
}
