using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>An address to listen on: http, on an IP address, <c>localhost</c>, or every address (<c>*</c>).</summary>
/// <param name="Url">As it was given.</param>
/// <param name="Address">The IP address; null for <c>localhost</c>, which is both loopback addresses.</param>
/// <param name="Port">The port; 0 for any free one.</param>
internal sealed record ListenAddress(string Url, IPAddress? Address, int Port)
{
    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>Reads addresses that are separated by semicolons.</summary>
    /// <exception cref="FormatException">One is none; the message says why.</exception>
    public static IReadOnlyList<ListenAddress> ParseAll(string urls) =>
        [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    /// <summary>Listens on it.</summary>
    public void Apply(KestrelServerOptions kestrel, HttpProtocols protocols)
    {
        if (Address is null)
            kestrel.ListenLocalhost(Port, Configure);
        else if (Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(Port, Configure);
        else
            kestrel.Listen(Address, Port, Configure);

        void Configure(ListenOptions listen) => listen.Protocols = protocols;
    }

    private static ListenAddress Parse(string url)
    {
        BindingAddress parsed;
        try
        {
            parsed = BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{url}' is no address such as http://127.0.0.1:5080.", e);
        }

        if (parsed.Scheme != Uri.UriSchemeHttp || parsed.IsUnixPipe || parsed.IsNamedPipe || parsed.PathBase.Length > 0)
            throw new FormatException($"'{url}' is no address such as http://127.0.0.1:5080.");
        if (string.Equals(parsed.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            return new ListenAddress(url, null, parsed.Port > 0 ? parsed.Port : throw new FormatException($"'{url}': a free port can be picked on one address only, such as http://127.0.0.1:0."));
        if (parsed.Host is "*" or "+")
            return new ListenAddress(url, IPAddress.IPv6Any, parsed.Port);

        // The server would take any other name for every address.
        return IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var address)
            ? new ListenAddress(url, address, parsed.Port)
            : throw new FormatException($"'{url}' names a host; listen on an IP address, on localhost, or on * for every address.");
    }
}
