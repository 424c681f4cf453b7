using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Faults;

/// <summary>Writers that keep book of what was acknowledged and what was refused, and the check that the journal agrees.</summary>
internal sealed class Workload(string stream)
{
    private readonly ConcurrentDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _doubtful = new(StringComparer.Ordinal);
    private int _failures;

    /// <summary>How many appends ended with an error.</summary>
    public int Failures => _failures;

    /// <summary>How many appends were acknowledged.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Appends events one after another until told to stop; what fails is tried once more and then left.</summary>
    public async Task WriteAsync(IJournal journal, string writer, int count, bool large, TimeSpan longest, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count && !cancellationToken.IsCancellationRequested; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{writer}/{i}");
            var payload = Encoding.UTF8.GetBytes(id);
            if (large && i % 10 == 0)
                Array.Resize(ref payload, 1 << 20);
            await AppendAsync(journal, id, payload, longest);
        }
    }

    /// <summary>For every acknowledged append the event is there once, where the answer said; for every other one it is there at most once.</summary>
    public async Task CheckAsync(IJournal journal, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        var next = 1L;
        await foreach (var @event in journal.ReadAsync(stream, ReadRequest.All, cancellationToken))
        {
            Assert.Equal(next++, @event.Version);
            Assert.True(versions.TryAdd(@event.Id, @event.Version), $"{@event.Id} is there twice");
        }

        foreach (var (id, version) in _acknowledged)
            Assert.True(versions.GetValueOrDefault(id) == version, $"{id} was acknowledged as version {version}, and is {versions.GetValueOrDefault(id)}");
        Assert.All(versions.Keys, id => Assert.True(_acknowledged.ContainsKey(id) || _doubtful.ContainsKey(id), $"{id} was never appended, or refused"));
    }

    private async Task AppendAsync(IJournal journal, string id, byte[] payload, TimeSpan longest)
    {
        for (var tries = 1; tries <= 2; tries++)
        {
            try
            {
                var append = journal.AppendAsync(stream, ExpectedVersion.Any, new EventData { Type = "t", Id = id, Source = "w", Data = payload }).AsTask();
                var result = await append.WaitAsync(longest);
                _acknowledged[id] = result.LastVersion;
                _doubtful.TryRemove(id, out _);
                return;
            }
            catch (JournalUnavailableException)
            {
                Interlocked.Increment(ref _failures);
                _doubtful[id] = true;
            }
        }
    }
}
