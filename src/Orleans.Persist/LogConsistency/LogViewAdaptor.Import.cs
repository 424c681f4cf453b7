using System.Buffers;
using System.Globalization;
using Orleans.Persist.Journal;

namespace Orleans.Persist.LogConsistency;

/// <content>Moving in: what one of Orleans' own providers has stored becomes the beginning of the log, once.</content>
internal sealed partial class LogViewAdaptor<TView, TEntry>
{
    /// <summary>Each imported event says which one of how many it is, so that an import that was interrupted goes on where it stopped.</summary>
    private const string ImportedName = "imported";
    private bool _imported;

    /// <summary>Reads what the provider before had of this grain; null where nothing is to be imported.</summary>
    public Func<Task<StoredLog<TView, TEntry>>>? Import { get; init; }

    private async ValueTask ImportAsync()
    {
        if (_imported || Import is null)
            return;
        var done = _kernel.Incarnation > 1 ? -1 : await ImportedSoFarAsync().ConfigureAwait(true);
        if (done >= 0)
        {
            var stored = await ReadOldAsync(Import).ConfigureAwait(true);
            if (stored.Log.Count > done)
                await ImportLogAsync(stored.Log, done).ConfigureAwait(true);
            else if (stored.State is not null && done == 0)
                await _kernel.ImportStateAsync(stored.State, _stop.Token).ConfigureAwait(true);
        }

        _imported = true;
    }

    /// <summary>How many events of the old log are there; -1 where the log is the grain's own already.</summary>
    private async ValueTask<int> ImportedSoFarAsync()
    {
        if (_kernel.Version == 0)
            return 0;
        var last = new ReadRequest { From = _kernel.Version, Backward = true, Limit = 1, Incarnation = _kernel.Incarnation };
        await foreach (var recorded in _services.Storage.Journal.ReadAsync(Stream, last, _stop.Token).ConfigureAwait(true))
        {
            if (!recorded.Metadata.TryGetValue(ImportedName, out var progress) || progress.Split('/') is not [var number, var total])
                return -1;
            return number == total ? -1 : int.Parse(number, CultureInfo.InvariantCulture);
        }

        return -1;
    }

    private static async Task<StoredLog<TView, TEntry>> ReadOldAsync(Func<Task<StoredLog<TView, TEntry>>> import)
    {
        try
        {
            return await import().ConfigureAwait(true);
        }
        catch (Exception e) when (e is not JournalException)
        {
            throw new JournalUnavailableException($"What is to be imported cannot be read: {e.Message}", e);
        }
    }

    private async ValueTask ImportLogAsync(IReadOnlyList<TEntry> log, int done)
    {
        var limits = _services.Storage.Journal.Limits;
        var now = _services.Time.GetUtcNow();
        var next = done;
        while (next < log.Count)
        {
            var payloads = new ArrayBufferWriter<byte>();
            var (data, events, bytes) = (new List<EventData>(), new List<TEntry>(), 0L);
            for (; next < log.Count && data.Count < limits.MaxAppendEvents; next++)
            {
                var number = string.Create(CultureInfo.InvariantCulture, $"{next + 1}/{log.Count}");
                var one = _kernel.Encode(log[next], now, payloads, out var stored) with
                {
                    Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [ImportedName] = number },
                };
                bytes += Serialization.EventBody.MaxLength(one);
                if (data.Count > 0 && bytes > limits.MaxAppendBytes)
                    break;
                data.Add(one);
                events.Add(stored);
            }

            await _kernel.StoreAsync(data.ToArray(), events, cancellationToken: _stop.Token).ConfigureAwait(true);
            _applied = 0; // they were never raised here
            _unconfirmed += events.Count;
        }
    }
}
