using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>The host with the command-line client of the samples, each as a process of its own.</summary>
public class GrpcRunTests : HostTestBase
{
    [Fact]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.7")]
    public async Task What_the_client_saves_is_there_after_SIGKILL_until_it_expires()
    {
        var host = await StartAsync("http://127.0.0.1:0");
        string[] place = ["--scope", "Bridge", "--bridge", "b", "--key", "k"];
        Assert.Equal((0, "Saved.\n", ""), await ClientAsync(host.Address, [.. place, "--command", "save", "--value", "v\u00e9", "--ttl", "600"]));
        Assert.Equal((0, "Saved.\n", ""), await ClientAsync(host.Address, ["--scope=Global", "--key=short", "--command=save", "--value=x", "--ttl=1"]));
        host.Process.Kill();
        await host.Process.ExitAsync();

        host = await StartAsync("http://127.0.0.1:0");
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
    public async Task An_address_that_cannot_be_served_is_wrong_use()
    {
        var (exitCode, _, errors) = await RunAsync("run", "--urls", "http://127.0.0.1:0", "--grpc-urls", "http://0.0.0.0:0");
        Assert.Equal(2, exitCode);
        Assert.Contains("--grpc-urls: 'http://0.0.0.0:0' can be reached from other machines", errors);
    }

    private async Task<(HostProcess Process, string Address)> StartAsync(string urls)
    {
        var host = HostProcess.Start(Folder, "run", "--urls", "http://127.0.0.1:0", "--grpc-urls", urls);
        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        return (host, Regex.Match(line ?? "", @"grpc: https?://(127\.0\.0\.1:\d+)").Groups[1].Value);
    }

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
