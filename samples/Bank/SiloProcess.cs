using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Bank;

/// <summary>This program, started again as a silo, and a client that is connected to it.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _gone = new();
    private readonly Process _process;
    private readonly Task<string> _errors;
    private IHost? _client;

    private SiloProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Cancelled when the silo is gone.</summary>
    public CancellationToken Gone => _gone.Token;

    public IGrainFactory Grains => _client!.Services.GetRequiredService<IGrainFactory>();

    public static async Task<SiloProcess> StartAsync(string directory, int daysAgo, CancellationToken cancellationToken)
    {
        var (siloPort, gatewayPort) = FreePorts();
        var silo = new SiloProcess(Start(["--silo", directory, "--ports", $"{siloPort}:{gatewayPort}", "--days-ago", $"{daysAgo}"]));
        try
        {
            if (await silo._process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Limit, cancellationToken) != BankSilo.Ready)
                throw new BankException($"The silo did not start. {await silo._errors.WaitAsync(Limit, cancellationToken)}");
            silo._client = new HostBuilder().UseOrleansClient(client => client.UseLocalhostClustering(gatewayPort, BankSilo.Cluster, BankSilo.Cluster).AddPersist()).Build();
            await silo._client.StartAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL: nothing in it runs any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _gone.Cancel();
    }

    /// <summary>Has the silo stop in order.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _client!.StopAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
        if (_process.ExitCode != 0)
            throw new BankException($"The silo ended with exit code {_process.ExitCode}. {await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Limit); // its directory is free then
        await _gone.CancelAsync();
        _client?.Dispose();
        _process.Dispose();
        _gone.Dispose();
    }

    private static Process Start(string[] arguments)
    {
        var program = Environment.ProcessPath ?? throw new BankException("The path of this program is not known, so it cannot start itself as a silo.");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(SiloProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new BankException($"'{program}' could not be started.");
    }

    private static (int, int) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
