namespace Orleans.Persist.SiloHost.Tests;

public class CommandLineTests : HostTestBase
{
    [Theory]
    [InlineData("query")]
    [InlineData("nonsense")]
    [InlineData("--nonsense")]
    [InlineData("query --source s --limit 0")]
    [InlineData("query --source s --limit many")]
    [InlineData("query --source s --from -1")]
    [InlineData("query --source s --since noon")]
    [InlineData("query --source $s")]
    [InlineData("ingest --source s")]
    [InlineData("ingest f.csv --source s --format parquet")]
    [InlineData("run --urls nowhere")]
    [InlineData("run --set nothing")]
    [InlineData("run --set Sources:s:Sinks:0=no-such-sink --urls http://127.0.0.1:0")]
    [InlineData("run --set Sources:s:Sink=events-per-day --urls http://127.0.0.1:0")]
    [InlineData("run --set Sources:s:ExportEvery=often --urls http://127.0.0.1:0")]
    [InlineData("demo --subject a")]
    [InlineData("demo --input -")]
    public async Task Wrong_use_is_exit_code_2_with_an_error_and_no_stack_trace(string arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("error: ", errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.False(Directory.Exists(Path.Combine(Folder, "data")));
    }

    [Theory]
    [InlineData("--help", "Commands:")]
    [InlineData("run --help", "--urls")]
    [InlineData("ingest --help", "Examples:")]
    [InlineData("query --help", "--backward")]
    [InlineData("sinks --help", "Example:")]
    [InlineData("verify --help", "Examples:")]
    [InlineData("demo --help", "publishes as a client of the cluster")]
    [InlineData("copy --help", "Examples:")]
    [InlineData("checkpoint --help", "Examples:")]
    public async Task Help_teaches(string arguments, string expected)
    {
        var output = await DoneAsync(arguments.Split(' '));

        Assert.Contains(expected, output);
        Assert.DoesNotContain("demo-child", output);
        Assert.DoesNotContain("demo-silo", output);
    }

    [Fact]
    public async Task A_name_of_10000_characters_is_wrong_use()
    {
        var (exitCode, _, errors) = await RunAsync("ingest", "-", "--source", new string('n', 10_000));

        Assert.Equal(2, exitCode);
        Assert.Contains("512 bytes", errors);
    }

    [Fact]
    public async Task A_source_name_is_never_a_path()
    {
        Write("f.ndjson", CloudEvent(1));

        await DoneAsync("ingest", "f.ndjson", "--source", "../../a/b");

        Assert.Single(await QueryAsync("--source", "../../a/b"));
        Assert.Equal(["data", "f.ndjson"], Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("query --source s")]
    [InlineData("sinks --source s")]
    public async Task A_directory_that_is_missing_is_an_error_and_is_not_made(string arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("error: there is no directory 'data'", errors);
        Assert.False(Directory.Exists(Path.Combine(Folder, "data")));
    }

    [Theory]
    [InlineData("ingest f.ndjson --source s")]
    [InlineData("query --source s")]
    [InlineData("verify")]
    [InlineData("run --urls http://127.0.0.1:0")]
    public async Task A_directory_that_is_not_ours_is_left_alone(string arguments)
    {
        Write("f.ndjson", CloudEvent(1));
        Directory.CreateDirectory(Path.Combine(Folder, "data"));
        Write("data/thesis.txt", "words");

        var (exitCode, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("thesis.txt", errors);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "data")));
    }

    [Theory]
    [InlineData("ingest f.ndjson --source s --data f.ndjson", 1, "'f.ndjson' is a file; --data names a directory.")]
    [InlineData("verify --data f.ndjson", 1, "'f.ndjson' is a file; --data names a directory.")]
    [InlineData("run --data f.ndjson", 1, "'f.ndjson' is a file; --data names a directory.")]
    [InlineData("ingest f.ndjson --source s --data f.ndjson/x", 1, "cannot be opened")]
    [InlineData("ingest missing.csv --source s", 1, "there is no file")]
    public async Task A_path_that_cannot_be_used_is_one_line(string arguments, int expectedExitCode, string expected)
    {
        Write("f.ndjson", CloudEvent(1));

        var (exitCode, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal((expectedExitCode, ""), (exitCode, output));
        Assert.Contains(expected, errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task An_ingest_that_waits_for_its_input_ends_when_terminated_and_keeps_what_it_has_acknowledged()
    {
        using var ingest = HostProcess.Start(Folder, "ingest", "-", "--source", "s", "--format", "cloudevents");
        await ingest.Input.WriteAsync(string.Join('\n', Enumerable.Range(1, 5_000).Select(i => CloudEvent(i))));
        await ingest.Input.FlushAsync();

        ingest.Terminate();

        var (exitCode, errors) = await ingest.ExitAsync();
        Assert.Equal((1, "stopped: what was acknowledged until then is kept."), (exitCode, errors.Trim().Split('\n')[^1]));
        Assert.Equal(0, (await RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task A_directory_of_a_newer_format_is_refused()
    {
        Write("f.ndjson", CloudEvent(1));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");
        var format = Path.Combine(Folder, "data", "orleans-persist.format");
        await File.WriteAllTextAsync(format, (await File.ReadAllTextAsync(format)).Replace("format 1", "format 999"));

        var (exitCode, _, errors) = await RunAsync("query", "--source", "s");

        Assert.Equal(1, exitCode);
        Assert.Contains("format 999", errors);
    }
}
