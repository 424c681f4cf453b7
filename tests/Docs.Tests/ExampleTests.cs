using System.Reflection;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Docs.Tests;

public sealed class ExampleTests
{
#if ORLEANS
    private static readonly string[] NotCompiled = [];
#else
    private static readonly string[] NotCompiled = ["docs/orleans.md", "docs/orleans-grains.md"];
#endif

    public static IEnumerable<object[]> Programs => Markdown.Files.Except(NotCompiled).SelectMany(file => Markdown.Programs(file).Select((_, i) => new object[] { file, i }));

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_block_of_csharp_compiles_without_a_warning(string file, int index)
    {
        var (_, errors) = Compiler.Compile(Markdown.Programs(file).ElementAt(index));
        Assert.True(errors.Count == 0, $"{file}, example {index + 1}:\n{string.Join('\n', errors)}");
    }

    [Fact]
    public void The_sample_is_the_example_of_the_readme() =>
        Assert.Equal(Markdown.Programs("README.md").First().Trim(), Markdown.Read("samples/Turnover/Program.cs").Trim());

    [Fact]
    public void No_code_hides_from_the_compiler_under_another_name() =>
        Assert.DoesNotContain(Markdown.Files.SelectMany(Markdown.Languages), language => language.Trim() is "cs" or "c#" or "C#" or "CSharp");

    [Fact]
    public void Code_that_uses_what_is_not_there_does_not_compile()
    {
        var code = Markdown.Programs("README.md").First().Replace(".AddEventSource(", ".AddEventSpring(", StringComparison.Ordinal);
        Assert.Contains(Compiler.Compile(code).Errors, error => error.Contains("AddEventSpring", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_example_of_the_readme_runs_and_run_again_stores_nothing_twice()
    {
        var directory = Directory.CreateTempSubdirectory("orleans-persist-docs-");
        try
        {
            var program = Assembly.Load(Compiler.Compile(Markdown.Programs("README.md").First()).Assembly!);
            for (var run = 0; run < 2; run++)
                await Task.Run(() => program.EntryPoint!.Invoke(null, [new[] { directory.FullName }])).WaitAsync(TimeSpan.FromSeconds(60));

            await using var storage = await EmbeddedStorage.OpenAsync(directory.FullName);
            await using var engine = new PersistEngine(storage);
            await engine.StartAsync();
            var events = new List<RecordedEvent>();
            await foreach (var @event in engine.GetSource("orders").ReadAsync(ReadRequest.All))
                events.Add(@event);
            Assert.Equal("OrderPlaced", Assert.Single(events).Type);
            var sink = Assert.Single(await engine.GetSource("orders").GetSinksAsync());
            Assert.Equal(("turnover", 1L, 0L, 0L), (sink.Name, sink.ExportedVersion, sink.Behind, sink.FailedExports));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_process_of_the_readme_runs_and_run_again_goes_on_where_it_was()
    {
        var directory = Directory.CreateTempSubdirectory("orleans-persist-docs-");
        try
        {
            var program = Markdown.Programs("README.md").Single(code => code.Contains("ProcessHost(", StringComparison.Ordinal));
            for (var run = 0; run < 2; run++)
                await RunAsync(program, directory.FullName);

            await using var storage = await EmbeddedStorage.OpenAsync(directory.FullName);
            var types = new List<string>();
            await foreach (var @event in storage.Journal.ReadAsync("account/ada", ReadRequest.All))
                types.Add(@event.Type);
            Assert.Equal(["deposited", "withdrawn", "deposited", "withdrawn"], types);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("docs/processes.md", 2)]
    [InlineData("docs/testing.md", 1)]
    public async Task The_examples_of_processes_run(string file, int count)
    {
        var programs = Markdown.Programs(file).Where(code => code.Contains("ProcessHost(", StringComparison.Ordinal) || code.Contains("ProcessTest.", StringComparison.Ordinal)).ToList();
        Assert.Equal(count, programs.Count);
        foreach (var program in programs)
        {
            var directory = Directory.CreateTempSubdirectory("orleans-persist-docs-");
            try
            {
                await RunAsync(program, directory.FullName);
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        }
    }

    private static async Task RunAsync(string code, string directory)
    {
        var (assembly, errors) = Compiler.Compile(code);
        Assert.Empty(errors);
        await Task.Run(() => Assembly.Load(assembly!).EntryPoint!.Invoke(null, [new[] { directory }])).WaitAsync(TimeSpan.FromSeconds(60));
    }
}
