namespace Orleans.Persist.Analyzers.Tests;

public sealed class PackagingTests
{
    [Fact]
    public void The_compiler_can_load_the_analyzer_it_needs_no_workspaces() =>
        Assert.DoesNotContain(typeof(DeterministicHandlerAnalyzer).Assembly.GetReferencedAssemblies(), name => name.Name!.Contains("Workspaces", StringComparison.Ordinal));

    [Fact]
    public void Every_rule_and_every_trap_is_documented()
    {
        var document = File.ReadAllText(Path.Combine(Root(), "docs", "analyzers.md"));
        Assert.All(new DeterministicHandlerAnalyzer().SupportedDiagnostics, rule => Assert.Contains($"### {rule.Id}: {rule.Title}", document, StringComparison.Ordinal));
        Assert.All(Traps.All, trap =>
        {
            var type = trap.Type.Split('.')[^1].Split('`')[0];
            var name = trap.Member switch { Trap.AnyMember => $"`{type}`", ".ctor" => $"`new {type}(", _ => $"`{type}.{trap.Member}`" };
            Assert.Contains(name, document, StringComparison.Ordinal);
        });
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Persist.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"There is no Orleans.Persist.sln above {AppContext.BaseDirectory}.");
    }
}
