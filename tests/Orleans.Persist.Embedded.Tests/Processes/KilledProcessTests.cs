using System.Diagnostics;
using System.Globalization;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Embedded.Tests.Processes;

/// <summary>A program that is killed for real in the middle of persists.</summary>
[Trait("Requirement", "m.7")]
public sealed class KilledProcessTests : IDisposable
{
    private const int Processes = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-persist-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    /// <summary>What the program does: persist numbers in eight processes, and say on its output which were acknowledged.</summary>
    internal static async Task RunAsync(string path)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path);
        await using var host = Host(storage);
        using var console = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(p => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                await host.CallAsync(new ProcessId(ConformanceProcess.Kind, $"{p}"), ConformanceProcess.Note($"{i}a", $"{i}b"));
                lock (gate)
                    console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{p} {i}"));
            }
        })));
    }

    [Fact]
    [Trait("Requirement", "p.1")]
    [Trait("Requirement", "p.7")]
    public async Task What_a_killed_program_had_acknowledged_is_there_and_batches_are_whole()
    {
        using var limit = new CancellationTokenSource(Patience);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } runner && Path.GetFileNameWithoutExtension(runner) == "dotnet" ? runner : "dotnet")
        {
            ArgumentList = { "exec", typeof(KilledProcessTests).Assembly.Location, "persist-until-killed", _path },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var acknowledged = new int[Processes];
        using (var victim = System.Diagnostics.Process.Start(start)!)
        {
            try
            {
                var lines = 0;
                while (await victim.StandardOutput.ReadLineAsync(limit.Token) is { } line)
                {
                    var words = line.Split(' ');
                    acknowledged[int.Parse(words[0], CultureInfo.InvariantCulture)] = 1 + int.Parse(words[1], CultureInfo.InvariantCulture);
                    if (++lines == 300)
                        victim.Kill(); // SIGKILL
                }

                await victim.WaitForExitAsync(limit.Token);
                Assert.NotEqual(0, victim.ExitCode);
                Assert.InRange(lines, 300, int.MaxValue);
            }
            finally
            {
                if (!victim.HasExited)
                    victim.Kill();
            }
        }

        await using var storage = await EmbeddedStorage.OpenAsync(_path);
        await using var host = Host(storage);
        for (var p = 0; p < Processes; p++)
        {
            var texts = (await host.GetStateAsync<ConformanceLog>(new ProcessId(ConformanceProcess.Kind, $"{p}"), cancellationToken: limit.Token)).State.Texts;
            Assert.InRange(texts.Count / 2, acknowledged[p], acknowledged[p] + 1);
            Assert.Equal(Enumerable.Range(0, texts.Count / 2).SelectMany(i => new[] { $"{i}a", $"{i}b" }), texts);
            await host.CallAsync(new ProcessId(ConformanceProcess.Kind, $"{p}"), ConformanceProcess.Note("goes on"), limit.Token);
        }
    }

    [Fact]
    public async Task A_second_host_on_the_directory_is_refused_clearly_and_the_first_goes_on()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_path);
        await using var host = Host(storage);
        var id = new ProcessId(ConformanceProcess.Kind, "a");
        await host.CallAsync(id, ConformanceProcess.Note("1"));
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync(_path));
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains("held by another process", error.Message, StringComparison.Ordinal);
        await host.CallAsync(id, ConformanceProcess.Note("2"));
        Assert.Equal(["1", "2"], (await host.GetStateAsync<ConformanceLog>(id)).State.Texts);
    }

    private static ProcessHost Host(EmbeddedStorage storage) =>
        new(storage, [ProcessDefinition.Persistent<ConformanceProcess, ConformanceLog, ConformanceEvent>(ConformanceProcess.Kind, () => new ConformanceProcess())]);
}
