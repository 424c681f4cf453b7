using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orleans.Persist.Bench.Wire;

/// <summary>A Redis of the run's own, which flushes every save before it answers (<c>appendfsync always</c>), where <c>redis-server</c> is installed.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;

    private RedisServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>The processor time it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it; null where it is not installed.</summary>
    public static async Task<RedisServer?> StartAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", path, "--appendonly", "yes", "--appendfsync", "always", "--save", "",
            },
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
            // its banner
        }

        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return new RedisServer(process, port);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
