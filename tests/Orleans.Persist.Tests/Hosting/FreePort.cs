using System.Net;
using System.Net.Sockets;

namespace Orleans.Persist.Tests.Hosting;

/// <summary>A port of this machine that nobody listens on now.</summary>
internal static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
