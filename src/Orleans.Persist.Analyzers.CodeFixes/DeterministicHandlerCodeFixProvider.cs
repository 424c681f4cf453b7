using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Orleans.Persist.Analyzers;

/// <summary>
/// Replaces the clock, GUIDs and random numbers of the framework in a deterministic handler by the members of its base class: <c>Now</c>, <c>TimeProvider</c>,
/// <c>NewGuid()</c> and <c>Random</c>. Offered only where the class has such a member, and it can be used at that place.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeterministicHandlerCodeFixProvider)), Shared]
public sealed class DeterministicHandlerCodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.Time.Id, Rules.Guids.Id, Rules.Randomness.Id);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue(DeterministicHandlerAnalyzer.Replacement, out var text) || text is null)
                continue;
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax expression)
                continue;
            // A local variable may have the member's name.
            var replacement = new[] { text, $"this.{text}" }.Select(candidate => SyntaxFactory.ParseExpression(candidate))
                .FirstOrDefault(candidate => MemberReplacement.Fits(model, expression, candidate, context.CancellationToken));
            if (replacement is null)
                continue;
            var difference = diagnostic.Properties.TryGetValue(DeterministicHandlerAnalyzer.Difference, out var how) ? $", {how}" : "";
            var title = $"Use '{replacement}' of the base class{difference}";
            var changed = root.ReplaceNode(expression, replacement.WithTriviaFrom(expression));
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), equivalenceKey: title), diagnostic);
        }
    }
}
