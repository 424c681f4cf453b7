using System.Diagnostics;
using System.Globalization;

namespace Orleans.Persist.Azurite;

/// <summary>The Azure Storage emulator as a process of its own, on loopback and on free ports. Stopped when disposed of, and when this process ends in any way.</summary>
internal sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Listening = "successfully listening at ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private AzuriteServer(Process process, int blobPort, int tablePort)
    {
        _process = process;
        BlobPort = blobPort;
        TablePort = tablePort;
    }

    public int BlobPort { get; }

    public int TablePort { get; }

    /// <summary>The account's connection string.</summary>
    public string ConnectionString => ConnectionStringOf(BlobPort, TablePort);

    /// <summary>The emulator's well-known account on other ports: behind a proxy, for example.</summary>
    public static string ConnectionStringOf(int blobPort, int tablePort) => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{blobPort}/{Account};TableEndpoint=http://127.0.0.1:{tablePort}/{Account};");

    /// <summary>Installs Azurite where that has not been done, and starts it.</summary>
    /// <param name="location">A directory to keep everything in, where what was acknowledged outlives a kill; in memory when null.</param>
    /// <param name="blobPort">A port, or 0 for a free one.</param>
    /// <param name="tablePort">A port, or 0 for a free one.</param>
    /// <param name="https">Files with a certificate and its key, both as PEM: then it speaks https, and takes tokens too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">Node.js is missing, or it could not be installed or started.</exception>
    public static async Task<AzuriteServer> StartAsync(
        string? location = null, int blobPort = 0, int tablePort = 0, (string Certificate, string Key)? https = null, CancellationToken cancellationToken = default)
    {
        var directory = await AzuritePackage.InstallAsync(cancellationToken).ConfigureAwait(false);
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        string[] arguments =
        [
            "start.js", "--silent", "--disableTelemetry", "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", $"{blobPort}", "--queuePort", "0", "--tablePort", $"{tablePort}",
        ];
        string[] storage = location is null ? ["--inMemoryPersistence"] : ["--location", location];
        string[] security = https is var (certificate, key) ? ["--oauth", "basic", "--cert", certificate, "--key", key] : [];
        foreach (var argument in (string[])[.. arguments, .. storage, .. security])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException("Azurite could not be started.");
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartTimeout);
            var (blob, table) = await PortsAsync(process, limit.Token).ConfigureAwait(false);
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new AzuriteServer(process, blob, table);
        }
        catch (Exception e)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new InvalidOperationException($"Azurite did not start within {StartTimeout.TotalMinutes:0} minutes.", e);
            throw;
        }
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static async Task<(int Blob, int Table)> PortsAsync(Process process, CancellationToken cancellationToken)
    {
        var (blob, table) = (0, 0);
        while (blob == 0 || table == 0)
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"Azurite ended: {(await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Trim()}");
            if (!line.Contains(Listening, StringComparison.Ordinal))
                continue;
            var port = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]).Port;
            if (line.Contains("Blob", StringComparison.Ordinal))
                blob = port;
            else if (line.Contains("Table", StringComparison.Ordinal))
                table = port;
        }

        return (blob, table);
    }
}
