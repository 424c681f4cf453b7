using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>The input of a demo that was given none.</summary>
internal static class DefaultInput
{
    /// <summary>With fewer changes than this, a history is too short for a story.</summary>
    public const int MinChanges = 1_000;

    private const int GeneratedChanges = 10_000;

    /// <summary>Writes the history of the git checkout it runs in to a file, or a generated one where there is no such checkout, or too little of it.</summary>
    public static async Task<DemoInput> WriteAsync(string file, CancellationToken cancellationToken)
    {
        int? changes;
        await using (var writer = new HistoryWriter(File.Create(file), "git"))
            changes = await GitHistory.WriteAsync(writer, Environment.CurrentDirectory, cancellationToken) ? writer.Count : null;
        if (changes >= MinChanges)
            return new DemoInput(file, EventFormat.CloudEvents, ColumnMap.Default, "git", $"the history of this git checkout ({changes:N0} changes of files)");
        await using (var writer = new HistoryWriter(File.Create(file), "generated"))
            GeneratedHistory.Write(writer, GeneratedChanges);
        var why = changes is null ? "this is no git checkout" : $"this git checkout has only {changes:N0} changes";
        return new DemoInput(file, EventFormat.CloudEvents, ColumnMap.Default, "generated", $"{GeneratedChanges:N0} generated changes of files, since {why}");
    }
}
