using Orleans.Persist.Embedded;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A process that appends until it is killed.</summary>
internal static class AppendChild
{
    public static async Task<int> RunAsync(string path)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path);
        await AppendWorkload.AppendAsync(storage.Journal, 20_000, 64, null, withIds: false, CancellationToken.None);
        Console.WriteLine("appending");
        await AppendWorkload.AppendAsync(storage.Journal, long.MaxValue, 64, null, withIds: false, CancellationToken.None);
        return 0;
    }
}
