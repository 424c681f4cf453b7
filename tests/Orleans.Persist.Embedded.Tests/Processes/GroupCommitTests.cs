using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.Embedded.Tests.Processes;

public sealed class GroupCommitTests
{
    [Fact]
    [Trait("Requirement", "p.8")]
    public async Task Turns_of_many_processes_share_writes_and_flushes()
    {
        const int Processes = 100;
        var begun = 0;
        var directory = new FaultyDirectory();
        await using var storage = await EmbeddedStorage.OpenAsync(directory);
        await using var host = new ProcessHost(storage, [ProcessDefinition.Persistent<ConformanceProcess, ConformanceLog, ConformanceEvent>(ConformanceProcess.Kind, () => new ConformanceProcess())]);
        await AllAsync("warm");
        var (writes, flushes) = (directory.Disk.Count(StorageOperation.Write), directory.Disk.Count(StorageOperation.Flush));
        var hold = directory.Disk.Hold(StorageOperation.Flush); // whoever comes during a flush shares the next one
        begun = 0;
        var all = Enumerable.Range(0, Processes).Select(p => Task.Run(() => CallAsync(p, "1", "2", "3"))).ToArray();
        await hold.Arrived.WaitAsync(TimeSpan.FromSeconds(30));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Volatile.Read(ref begun) < Processes)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        hold.Release();
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(directory.Disk.Count(StorageOperation.Flush) - flushes, 1, Processes - 1);
        Assert.InRange(directory.Disk.Count(StorageOperation.Write) - writes, 1, Processes - 1);
        Assert.Equal(Processes * 4, storage.EmbeddedJournal.Position);

        Task AllAsync(params string[] texts) => Task.WhenAll(Enumerable.Range(0, Processes).Select(p => CallAsync(p, texts))).WaitAsync(TimeSpan.FromSeconds(60));

        Task CallAsync(int p, params string[] texts) => host.CallAsync(new ProcessId(ConformanceProcess.Kind, $"{p}"), ConformanceProcess.Do(process =>
        {
            Interlocked.Increment(ref begun);
            return ConformanceProcess.Note(texts)(process);
        }));
    }
}
