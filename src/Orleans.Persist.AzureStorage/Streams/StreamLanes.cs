using Orleans.Persist.AzureStorage.Rows;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The lanes of the streams in use, with a bound on how many are held.</summary>
internal sealed class StreamLanes(StreamStore store, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamLane> _lanes = new(StringComparer.Ordinal);

    /// <summary>The stream's lane; leave it when done.</summary>
    public StreamLane Enter(StreamKey key)
    {
        lock (_lock)
        {
            if (!_lanes.TryGetValue(key.Name, out var lane))
            {
                MakeRoom();
                _lanes[key.Name] = lane = new StreamLane(key, store);
            }

            lane.Enter();
            return lane;
        }
    }

    /// <summary>Completes when nobody uses a lane any more.</summary>
    public async Task WhenIdleAsync(TimeSpan timeout, TimeProvider time)
    {
        var until = time.GetTimestamp();
        while (time.GetElapsedTime(until) < timeout)
        {
            lock (_lock)
            {
                if (_lanes.Values.All(lane => lane.IsIdle))
                    return;
            }

            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    private void MakeRoom()
    {
        if (_lanes.Count < capacity)
            return;
        foreach (var idle in _lanes.Where(lane => lane.Value.IsIdle).Select(lane => lane.Key).Take(Math.Max(1, capacity / 16)).ToList())
            _lanes.Remove(idle);
    }
}
