using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Orleans.Persist.Analyzers.Tests;

/// <summary>Runs the analyzer and the fixes as the compiler and an editor do, over code that compiles.</summary>
internal static class Verify
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);
    private static readonly CSharpCompilationOptions Options = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
    private static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);

    // One for all, so that the references are bound once.
    private static readonly Lazy<CSharpCompilation> Empty = new(() => CSharpCompilation.Create("Example", [CSharpSyntaxTree.ParseText(StandIns.Grain, Parsing, "Grain.cs")], References.Value, Options));

    /// <summary>What is reported for the files, by place. They and the stand-ins must compile.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(params string[] files)
    {
        var trees = files.Select((text, i) => CSharpSyntaxTree.ParseText(text, Parsing, $"File{i}.cs"));
        return await AnalyzeAsync(Empty.Value.AddSyntaxTrees(trees));
    }

    /// <summary>Asserts that exactly the marked places are reported, all by the one rule.</summary>
    public static async Task ReportsAsync(string id, string marked)
    {
        var source = new Source(marked);
        var found = await AnalyzeAsync(source.Text);
        Assert.Equal(source.Marks.Select(mark => (id, source.Text[mark.Start..mark.End], mark.Start)), found.Select(d => (d.Id, source.Text[d.Location.SourceSpan.Start..d.Location.SourceSpan.End], d.Location.SourceSpan.Start)));
    }

    /// <summary>Asserts that nothing is reported.</summary>
    public static Task ReportsNothingAsync(string code) => ReportsAsync("none", code);

    /// <summary>Asserts that applying the fix to everything that has one gives the other code, which compiles. Its title is returned.</summary>
    public static async Task<string?> FixesAsync(string code, string expected)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Example", "Example", LanguageNames.CSharp, parseOptions: Parsing, compilationOptions: Options, metadataReferences: References.Value));
        project = project.AddDocument("Grain.cs", StandIns.Grain).Project;
        var document = project.AddDocument("File0.cs", Source.Usings + code);
        string? title = null;
        while (await FirstFixAsync(document) is { } fix)
        {
            title = fix.Title;
            var operations = await fix.GetOperationsAsync(CancellationToken.None).WaitAsync(Limit);
            document = Assert.IsType<ApplyChangesOperation>(Assert.Single(operations)).ChangedSolution.GetDocument(document.Id)!;
        }

        Assert.Equal(Source.Usings + expected, (await document.GetTextAsync()).ToString());
        return title;
    }

    private static async Task<CodeAction?> FirstFixAsync(Document document)
    {
        var compilation = await document.Project.GetCompilationAsync().WaitAsync(Limit);
        foreach (var diagnostic in await AnalyzeAsync(compilation!))
        {
            CodeAction? found = null;
            var context = new CodeFixContext(document, diagnostic, (action, _) => found ??= action, CancellationToken.None);
            await new DeterministicHandlerCodeFixProvider().RegisterCodeFixesAsync(context).WaitAsync(Limit);
            if (found is not null)
                return found;
        }

        return null;
    }

    private static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(Compilation compilation)
    {
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var failures = new List<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, _, _) => failures.Add(exception.ToString()), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = await compilation.WithAnalyzers(ImmutableArray.Create<DiagnosticAnalyzer>(new DeterministicHandlerAnalyzer()), options)
            .GetAnalyzerDiagnosticsAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.Empty(failures);
        return [.. found.OrderBy(d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)];
    }
}
