using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Persist.Client;
using Orleans.Persist.Web.Tests.Grpc;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>The host with the command-line client of the samples, each as a process of its own.</summary>
public class GrpcRunTests : HostTestBase
{
    [Theory]
    [MemberData(nameof(Engines.All), MemberType = typeof(Engines))]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.7")]
    public async Task What_the_client_saves_is_there_after_SIGKILL_until_it_expires(string engine, string description)
    {
        var host = await StartAsync("--engine", engine);
        Assert.Contains(description, host.Line, StringComparison.Ordinal);
        string[] place = ["--scope", "Bridge", "--bridge", "b", "--key", "k"];
        Assert.Equal((0, "Saved.\n", ""), await ClientAsync(host.Address, [.. place, "--command", "save", "--value", "v\u00e9", "--ttl", "600"]));
        Assert.Equal((0, "Saved.\n", ""), await ClientAsync(host.Address, ["--scope=Global", "--key=short", "--command=save", "--value=x", "--ttl=1"]));
        host.Process.Kill();
        await host.Process.ExitAsync();

        host = await StartAsync("--engine", engine);
        Assert.Equal((0, "Loaded value (string): v\u00e9\n", ""), await ClientAsync($"dns:///{host.Address}", [.. place, "--command", "load"]));
        var (exitCode, output, errors) = (0, "", "");
        for (var second = Stopwatch.StartNew(); exitCode == 0 && second.Elapsed < TimeSpan.FromSeconds(20);) // it may well be asked before its second is over
            (exitCode, output, errors) = await ClientAsync(host.Address, ["--scope", "Global", "--key", "short", "--command", "load"]);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("key \"global.short\" is expired", errors);
        Assert.Equal((0, "Deleted.\n", ""), await ClientAsync(host.Address, [.. place, "--command", "delete"]));
        (exitCode, _, errors) = await ClientAsync(host.Address, [.. place, "--command", "load", "--timeout", "2s"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("not present at store", errors);
        host.Process.Terminate();
        Assert.Equal(0, (await host.Process.ExitAsync()).ExitCode);
    }

    [Fact]
    [Trait("Requirement", "t.7")]
    public async Task The_client_says_what_is_wrong_and_exits_with_1()
    {
        var (exitCode, _, errors) = await ClientAsync("127.0.0.1:1", ["--scope", "Global", "--key", "k", "--command", "load", "--timeout", "20s"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("code = Unavailable", errors);
        Assert.Equal(1, (await ClientAsync("127.0.0.1:1", ["--scope", "Global", "--command", "load"])).ExitCode);
        Assert.Equal(1, (await ClientAsync("127.0.0.1:1", ["--scope", "Global", "--key", "k", "--command", "load", "--timeout", "5"])).ExitCode);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task It_is_served_with_TLS_where_the_configuration_names_a_certificate()
    {
        using var certificate = new TestCertificate();
        var settings = new Dictionary<string, string>
        {
            ["Grpc__Certificates__Default__Path"] = certificate.Pem,
            ["Grpc__Certificates__Default__KeyPath"] = certificate.Key,
        };
        using var process = HostProcess.Start(Folder, settings, "run", "--urls", "http://127.0.0.1:0", "--grpc-urls", "https://127.0.0.1:0");
        var address = AddressIn(await LineOfAsync(process));
        Assert.StartsWith("https://", address, StringComparison.Ordinal);
        using var root = X509CertificateLoader.LoadCertificateFromFile(certificate.Pem);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } };
        await using var client = new EventStoreClient(
            new EventStoreClientOptions { Address = address, Timeout = HostProcess.Timeout, Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust } });
        await client.ConnectAsync();
        await client.Bridge("b").SaveValueAsync("k", new byte[] { 7 }, 600);
        Assert.Equal([7], (await client.Bridge("b").LoadValueAsync("k")).ToArray());
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task Ten_thousand_idle_connections_take_bounded_memory_and_others_are_served()
    {
        const int Count = 10_000;
        const int MostBytesEach = 64 << 10;
        byte[] hello = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
        var host = await StartAsync();
        using var process = host.Process;
        await using var client = new EventStoreClient(host.Address, HostProcess.Timeout);
        await client.ConnectAsync();
        await client.Global().SaveValueAsync("k", new byte[] { 7 }, 600);
        var before = process.WorkingSet;
        var sockets = new ConcurrentBag<Socket>();
        try
        {
            await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(IPEndPoint.Parse(host.Address), cancellationToken);
                await socket.SendAsync(hello, cancellationToken);
                Assert.NotEqual(0, await socket.ReceiveAsync(new byte[64], cancellationToken)); // the host's own settings
            }).WaitAsync(HostProcess.Timeout);

            Assert.Equal([7], (await client.Global().LoadValueAsync("k")).ToArray());
            await client.Global().SaveValueAsync("k", new byte[] { 8 }, 600);
            var each = (process.WorkingSet - before) / Count;
            Assert.True(each < MostBytesEach, $"{each} bytes for a connection");
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    [Fact]
    public async Task An_address_that_cannot_be_served_is_wrong_use()
    {
        var (exitCode, _, errors) = await RunAsync("run", "--urls", "http://127.0.0.1:0", "--grpc-urls", "http://0.0.0.0:0");
        Assert.Equal(2, exitCode);
        Assert.Contains("--grpc-urls: 'http://0.0.0.0:0' can be reached from other machines", errors);
    }

#if ORLEANS
    [AzuriteFact]
    [Trait("Requirement", "o.4")]
    [Trait("Requirement", "t.3")]
    public async Task A_silo_process_that_is_killed_takes_no_acknowledged_value_with_it()
    {
        const int Count = 60;
        var connectionString = await SharedAzurite.ConnectionStringAsync();
        string[] storage = ["--engine", "orleans", "--storage", "azure", "--data", "azure:Scopes", "--connection-string", connectionString];
        var siloPort = FreePort();
        var first = await StartAsync([.. storage, "--silo-port", $"{siloPort}"]);
        var second = await StartAsync([.. storage, "--primary", $"{siloPort}"]);
        using var firstProcess = first.Process;
        using var secondProcess = second.Process;
        await using var survivor = new EventStoreClient(first.Address, TimeSpan.FromSeconds(20));
        await using (var client = new EventStoreClient(second.Address, TimeSpan.FromSeconds(60)))
        {
            await client.ConnectAsync();
            for (var i = 0; i < Count; i++)
                await client.Instance("b", $"{i}").SaveValueAsync("k", Encoding.UTF8.GetBytes($"{i}"), 100_000);
        }

        second.Process.Kill();
        await second.Process.ExitAsync();

        await survivor.ConnectAsync();
        var limit = Stopwatch.StartNew();
        for (var i = 0; i < Count; i++)
            Assert.Equal($"{i}", Encoding.UTF8.GetString((await LoadAsync(survivor.Instance("b", $"{i}"))).Span));
        await survivor.Instance("b", "0").SaveValueAsync("k", Encoding.UTF8.GetBytes("again"), 100_000);
        Assert.Equal("again", Encoding.UTF8.GetString((await LoadAsync(survivor.Instance("b", "0"))).Span));

        // Until the cluster has found out that a silo is gone, what that had is not available; it is never missing.
        async Task<ReadOnlyMemory<byte>> LoadAsync(EventStoreScope scope)
        {
            while (true)
            {
                try
                {
                    return await scope.LoadValueAsync("k");
                }
                catch (EventStoreException e) when (e.Status is GrpcStatus.Unavailable or GrpcStatus.DeadlineExceeded && limit.Elapsed < HostProcess.Timeout)
                {
                    // Again.
                }
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
#endif

    private async Task<(HostProcess Process, string Address, string Line)> StartAsync(params string[] arguments)
    {
        var host = HostProcess.Start(Folder, ["run", "--urls", "http://127.0.0.1:0", "--grpc-urls", "http://127.0.0.1:0", .. arguments]);
        var line = await LineOfAsync(host);
        return (host, new Uri(AddressIn(line)).Authority, line);
    }

    private static async Task<string> LineOfAsync(HostProcess host) => await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout) ?? "";

    private static string AddressIn(string line) => Regex.Match(line, @"grpc: (https?://127\.0\.0\.1:\d+)").Groups[1].Value;

    private static async Task<(int ExitCode, string Output, string Errors)> ClientAsync(string server, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "eventstore-client.dll"), "--server", server, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(HostProcess.Timeout);
        await process.WaitForExitAsync().WaitAsync(HostProcess.Timeout);
        return (process.ExitCode, output, await errors);
    }
}
