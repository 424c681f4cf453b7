using System.Text.Json;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>Runs the program in a directory that goes away with the test.</summary>
public abstract class HostTestBase : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("silo-host-tests-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => HostProcess.RunAsync(Folder, arguments);

    /// <summary>Runs a command that must succeed, and gives what it printed.</summary>
    internal async Task<string> DoneAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: exit code {exitCode}. {errors}");
        return output;
    }

    internal async Task<List<JsonElement>> QueryAsync(params string[] arguments) =>
        [.. (await DoneAsync(["query", .. arguments])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    protected void Write(string name, string content) => File.WriteAllText(Path.Combine(Folder, name), content);

    internal static string CloudEvent(int number, string type = "t", string time = "2026-01-01T00:00:00Z") =>
        $$$"""{"specversion":"1.0","id":"{{{number}}}","source":"tests","type":"{{{type}}}","subject":"s{{{number % 7}}}","time":"{{{time}}}","data":{"number":{{{number}}}}}""";
}
