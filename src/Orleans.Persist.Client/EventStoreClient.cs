using Google.Protobuf;
using Orleans.Persist.Protocol;

namespace Orleans.Persist.Client;

/// <summary>A client of the scoped store, in the shape of the published one (requirement t.6): connect, choose a scope, save, load and delete, disconnect.</summary>
/// <remarks>Safe for concurrent use. Calls share connections; one client is enough for a process.</remarks>
public sealed class EventStoreClient : IAsyncDisposable
{
    private readonly EventStoreClientOptions _options;
    private readonly Uri _address;
    private GrpcChannel? _channel;

    /// <summary>A client that is not connected yet.</summary>
    /// <param name="address">Where the service is: <c>host:port</c>, <c>dns:///host:port</c> or <c>https://host:port</c>.</param>
    /// <param name="timeout">The longest that connecting, and each call, may take.</param>
    /// <exception cref="ArgumentException">The address is none, or the time-out is out of range.</exception>
    public EventStoreClient(string address, TimeSpan timeout)
        : this(new EventStoreClientOptions { Address = address, Timeout = timeout })
    {
    }

    /// <summary>A client that is not connected yet.</summary>
    /// <exception cref="ArgumentException">An option is missing or out of range; the message names it.</exception>
    public EventStoreClient(EventStoreClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _address = options.Validate();
    }

    /// <summary>Connects, and completes once the service has answered. Does nothing where the client is connected.</summary>
    /// <exception cref="EventStoreException">The service did not answer in time, or is not serving.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        if (_channel is not null)
            return;
        var channel = new GrpcChannel(_address, _options);
        try
        {
            await channel.CallAsync("/grpc.health.v1.Health/Check", new HealthCheckRequest(), HealthCheckResponse.Parser, Retry.Always, cancellationToken).ConfigureAwait(false);
        }
        catch (EventStoreException e) when (e.Status is GrpcStatus.Unimplemented or GrpcStatus.NotFound)
        {
            // It answers; it only knows no health checks, as the published service.
        }
        catch
        {
            channel.Dispose();
            throw;
        }

        Use(channel);
    }

    /// <summary>Disconnects. Does nothing where the client is not connected.</summary>
    public Task DisconnectAsync()
    {
        Interlocked.Exchange(ref _channel, null)?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The values that everybody shares.</summary>
    public EventStoreScope Global() => new(this, new ScopeType { Type = ScopeChoice.Global });

    /// <summary>The values of a bridge.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public EventStoreScope Bridge(string bridge) => Scope(new ScopeType { Type = ScopeChoice.Bridge, Bridge = bridge });

    /// <summary>The values of an instance of a bridge.</summary>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public EventStoreScope Instance(string bridge, string instance) => Scope(new ScopeType { Type = ScopeChoice.Instance, Bridge = bridge, Instance = instance });

    /// <summary>Disconnects.</summary>
    public async ValueTask DisposeAsync() => await DisconnectAsync().ConfigureAwait(false);

    /// <summary>Makes the client connect with its first call.</summary>
    internal EventStoreClient ConnectLater()
    {
        Use(new GrpcChannel(_address, _options));
        return this;
    }

    internal Task<TResponse> CallAsync<TResponse>(string method, IMessage request, MessageParser<TResponse> parser, Retry retry, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse> =>
        (_channel ?? throw new InvalidOperationException("Event store client is not connected")).CallAsync(method, request, parser, retry, cancellationToken);

    private EventStoreScope Scope(ScopeType scope) =>
        LocationRules.Problem(scope) is { } problem ? throw new ArgumentException(problem) : new EventStoreScope(this, scope);

    private void Use(GrpcChannel channel)
    {
        if (Interlocked.CompareExchange(ref _channel, channel, null) is not null)
            channel.Dispose();
    }
}
