using System.Collections.Concurrent;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The incarnations that this process has seen streams in, so that a read need not guess, and notices a deletion that this process made.</summary>
internal sealed class IncarnationLog
{
    private const int Capacity = 100_000;
    private readonly ConcurrentDictionary<string, int> _incarnations = new(StringComparer.Ordinal);

    /// <summary>Most streams are in their first incarnation, and none of them takes room.</summary>
    public int Of(string stream) => _incarnations.GetValueOrDefault(stream, 1);

    public void Saw(string stream, int incarnation)
    {
        if (incarnation == 1)
            return;
        if (_incarnations.Count >= Capacity)
            _incarnations.Clear();
        _incarnations.AddOrUpdate(stream, incarnation, (_, known) => Math.Max(known, incarnation));
    }
}
