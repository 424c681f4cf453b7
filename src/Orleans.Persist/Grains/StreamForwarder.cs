using System.Buffers.Binary;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Processes;
using Orleans.Persist.Snapshots;
using Orleans.Streams;

namespace Orleans.Persist.Grains;

/// <summary>Publishes a grain's events to an Orleans stream, and remembers in the snapshot store how far it got.</summary>
internal sealed class StreamForwarder<TEvent>(string grain, int incarnation, KernelServices services, IAsyncStream<PersistedEvent<TEvent>> stream)
{
    private const int EventsPerSave = 100;
    private const string PositionType = "$forwarded";
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private readonly string _owner = $"$forward/{stream.ProviderName}/{stream.StreamId}/{grain}";
    private long _published;
    private long _saved;

    /// <summary>Runs until it is cancelled. Failures are logged, and tried again after a growing delay.</summary>
    public async Task RunAsync(Func<long, IAsyncEnumerable<PersistedEvent<TEvent>>> subscribe, CancellationToken cancellationToken)
    {
        var delay = FirstDelay;
        var loaded = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!loaded)
                    _published = _saved = await LoadAsync(cancellationToken).ConfigureAwait(true);
                loaded = true;
                await foreach (var @event in subscribe(_published + 1).ConfigureAwait(true))
                {
                    await stream.OnNextAsync(@event).ConfigureAwait(true);
                    _published = @event.Version;
                    delay = FirstDelay;
                    if (_published - _saved >= EventsPerSave)
                        await SaveAsync().ConfigureAwait(true);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                services.Logger.ForwardingFailed(e, grain, stream.StreamId.ToString(), delay);
            }

            await Task.Delay(delay, services.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }

        if (_published > _saved)
            await SaveAsync().ConfigureAwait(true);
    }

    private async Task<long> LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var read in services.Storage.Snapshots.ReadAsync(_owner, cancellationToken).ConfigureAwait(true))
        {
            if (read.Snapshot is { Data.Length: 8 } known && known.Incarnation == incarnation)
                return BinaryPrimitives.ReadInt64LittleEndian(known.Data.Span);
        }

        return 0;
    }

    private async Task SaveAsync()
    {
        try
        {
            var data = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(data, _published);
            var position = new Snapshot { Incarnation = incarnation, Version = _published, Time = services.Time.GetUtcNow(), Type = PositionType, Data = data };
            await services.Storage.Snapshots.SaveAsync(_owner, position, CancellationToken.None).ConfigureAwait(true);
            _saved = _published;
        }
        catch (Exception e)
        {
            services.Logger.ForwardingFailed(e, grain, stream.StreamId.ToString(), TimeSpan.Zero); // some events are published again after a restart
        }
    }
}
