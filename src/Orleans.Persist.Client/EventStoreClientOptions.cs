using System.Net.Security;

namespace Orleans.Persist.Client;

/// <summary>How a client reaches the service.</summary>
public sealed class EventStoreClientOptions
{
    /// <summary>Where the service is: <c>host:port</c>, <c>dns:///host:port</c>, <c>http://host:port</c> (all three without TLS) or <c>https://host:port</c>. Required.</summary>
    public string? Address { get; set; }

    /// <summary>The longest that connecting, and each call with its retries, may take. Above 0, at most 1 hour; default 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a call that may safely be made again is, before it fails. 0 to 10; default 3. A load always may; a save and a delete only where no connection was made.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The most bytes of an answer. Default 4 MiB and 64 KiB.</summary>
    public int MaxMessageBytes { get; set; } = (4 << 20) + (64 << 10);

    /// <summary>What the service wants as a bearer token; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>How TLS is set up where the system's trust store does not do: own roots, a client certificate. Null for the defaults.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>The clock for time-outs and retries; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <exception cref="ArgumentException">An option is missing or out of range; the message names it.</exception>
    internal Uri Validate()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
            throw new ArgumentException($"{nameof(EventStoreClientOptions)}.{nameof(Timeout)} must be above 0 and at most 1 hour; it is {Timeout}.");
        if (MaxRetries is < 0 or > 10)
            throw new ArgumentException($"{nameof(EventStoreClientOptions)}.{nameof(MaxRetries)} must be 0 to 10; it is {MaxRetries}.");
        if (MaxMessageBytes is < 1024 or > 64 << 20)
            throw new ArgumentException($"{nameof(EventStoreClientOptions)}.{nameof(MaxMessageBytes)} must be 1 KiB to 64 MiB; it is {MaxMessageBytes}.");
        return ServiceAddress.Parse(Address);
    }
}
