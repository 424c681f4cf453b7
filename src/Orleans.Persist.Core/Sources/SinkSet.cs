namespace Orleans.Persist.Sources;

/// <summary>The sinks of one source that run in this process, and the timer that has them export.</summary>
internal sealed class SinkSet(SourceLedger ledger, SinkContext context) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, SinkRunner> _runners = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private bool _running;

    public IReadOnlyList<SinkRunner> Online
    {
        get
        {
            lock (_lock)
                return [.. _runners.Values.Where(r => r.IsOnline)];
        }
    }

    /// <summary>The sinks that stopped by themselves or could not be started.</summary>
    public IReadOnlyList<SinkRunner> Failed
    {
        get
        {
            lock (_lock)
                return [.. _runners.Values.Where(r => r.Error is not null)];
        }
    }

    public SinkRunner? Find(string name)
    {
        lock (_lock)
            return _runners.GetValueOrDefault(name);
    }

    /// <summary>Drops what is known of a sink that has stopped or could not be started. False for one that is starting or online.</summary>
    public bool TryRemove(string name)
    {
        lock (_lock)
            return _runners.GetValueOrDefault(name) is not { IsActive: true } && (_runners.Remove(name) || true);
    }

    public async ValueTask StartAsync(SinkPort port, CancellationToken cancellationToken)
    {
        Hosting.SystemNames.ValidateUserName(port.Name, "sink");
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var before = Find(port.Name);
        if (before is { IsActive: false })
            await before.Completion.WaitAsync(cancellationToken).ConfigureAwait(false); // its last export may still be on its way
        var runner = new SinkRunner(context, port);
        lock (_lock)
        {
            if (before is { IsActive: true } || _runners.GetValueOrDefault(port.Name) != before)
            {
                runner.Dispose();
                throw new InvalidOperationException($"A sink named '{port.Name}' is online already at source '{context.Source}'.");
            }

            _runners[port.Name] = runner;
        }

        await runner.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask StopAsync(string name, CancellationToken cancellationToken)
    {
        if (Find(name) is not { IsActive: true } runner)
            return;
        try
        {
            await runner.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            runner.Abort();
        }
    }

    public void Dispose()
    {
        SinkRunner[] runners;
        lock (_lock)
            runners = [.. _runners.Values];
        _timer?.Dispose();
        foreach (var runner in runners)
            runner.Abort();
        _gate.Dispose();
    }

    /// <summary>What the first sink of the process brings about.</summary>
    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _running))
            return;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_running)
                return;
            if (context.IsVolatile)
                await ledger.BeginRunAsync(cancellationToken).ConfigureAwait(false);
            var interval = context.Options.ExportInterval;
            if (interval > TimeSpan.Zero)
                _timer = context.Time.CreateTimer(_ => OnInterval(), null, interval, interval);
            Volatile.Write(ref _running, true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Requirement g.0.0.b. A sink that has applied nothing since its last export has nothing to store.</summary>
    private void OnInterval()
    {
        foreach (var runner in Online.Where(r => r.Version != r.Exporter.ExportedVersion))
            _ = runner.Exporter.Request();
    }
}
