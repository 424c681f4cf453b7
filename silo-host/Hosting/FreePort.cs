using System.Net;
using System.Net.Sockets;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Ports of this machine on which nobody listens now.</summary>
internal static class FreePort
{
    /// <summary>One port for each number that is 0; the others stay.</summary>
    public static int[] For(params ReadOnlySpan<int> ports)
    {
        var chosen = ports.ToArray();
        var held = new List<TcpListener>();
        try
        {
            for (var i = 0; i < chosen.Length; i++)
            {
                if (chosen[i] != 0)
                    continue;
                var listener = new TcpListener(IPAddress.Loopback, 0);
                held.Add(listener); // until all are chosen, so that no two are the same
                listener.Start();
                chosen[i] = ((IPEndPoint)listener.LocalEndpoint).Port;
            }

            return chosen;
        }
        finally
        {
            foreach (var listener in held)
                listener.Dispose();
        }
    }
}
