using System.Net;
using System.Net.Sockets;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Ports of this machine on which nobody listens now.</summary>
internal static class FreePort
{
    /// <summary>One port for each number that is 0; the others stay.</summary>
    /// <exception cref="CommandException">Somebody listens on one of the others.</exception>
    public static int[] For(params ReadOnlySpan<int> ports)
    {
        var chosen = ports.ToArray();
        var held = new List<TcpListener>();
        try
        {
            for (var i = 0; i < chosen.Length; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, chosen[i]);
                held.Add(listener); // until all are chosen, so that no two are the same
                listener.Start();
                chosen[i] = ((IPEndPoint)listener.LocalEndpoint).Port;
            }

            return chosen;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            throw new CommandException($"port {chosen[held.Count - 1]} of the silo cannot be listened on: {e.Message}.");
        }
        finally
        {
            foreach (var listener in held)
                listener.Dispose();
        }
    }
}
