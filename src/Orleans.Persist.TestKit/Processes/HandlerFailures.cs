using Microsoft.Extensions.Logging;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>Catches what the host can only log: the failure of a message that nobody waits for, as that of a timer.</summary>
internal sealed class HandlerFailures : ILoggerFactory, ILogger
{
    private const int CastFailed = 1408;
    private Exception? _first;

    /// <summary>The first failure since the last call, or null.</summary>
    public Exception? Take() => Interlocked.Exchange(ref _first, null);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == CastFailed)
            Interlocked.CompareExchange(ref _first, exception, null);
    }

    public void Dispose()
    {
    }
}
