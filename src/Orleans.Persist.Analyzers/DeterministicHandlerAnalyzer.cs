using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Orleans.Persist.Analyzers;

/// <summary>
/// Reports what makes a deterministic handler do something else in a rebuild than it did live: the clock (OP0001), GUIDs (OP0002), random numbers (OP0003),
/// threads and timers (OP0004).
/// </summary>
/// <remarks>
/// Deterministic are: the overrides of <c>Apply</c>, <c>Recover</c>, <c>OnEvent</c>, <c>Handle</c>, <c>HandleAsync</c>, <c>CreateState</c> and <c>RecoverSnapshot</c>
/// in a class that derives from <c>PersistentProcess</c>, <c>JournaledProcess</c> or <c>PersistentGrain</c>, with the members of the same class that they reach; and every member of a class
/// that is marked <c>[Journaled]</c> or derives from one, but for a grain's queries (<c>[ReadOnly]</c>). What such a member calls in other types is not looked into.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeterministicHandlerAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of a diagnostic that has the expression on members of the base class that would do the same deterministically, if there is one.</summary>
    internal const string Replacement = nameof(Replacement);

    /// <summary>The property of a diagnostic that says how that expression differs in meaning, if it does.</summary>
    internal const string Difference = nameof(Difference);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.Time, Rules.Guids, Rules.Randomness, Rules.Threads);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var types = new DeterministicTypes(start.Compilation);
            if (!types.Any)
                return;
            var traps = new Traps(start.Compilation);
            start.RegisterSymbolStartAction(symbol => AnalyzeType(symbol, types, traps), SymbolKind.NamedType);
        });
    }

    private static void AnalyzeType(SymbolStartAnalysisContext context, DeterministicTypes types, Traps traps)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var scope = types.ScopeOf(type);
        if (scope == DeterministicTypes.Scope.Nothing)
            return;
        var usage = new TypeUsage(type, traps);
        context.RegisterOperationBlockAction(block => usage.Add(block.OwningSymbol, block.OperationBlocks));
        context.RegisterSymbolEndAction(end =>
        {
            foreach (var (use, member, root) in usage.Reach(member => scope == DeterministicTypes.Scope.AllMembers ? !types.IsQuery(type, member) : IsHandler(member)))
                end.ReportDiagnostic(Diagnostic.Create(use.Trap.Rule, use.Location, Properties(use.Trap), use.Name, Place(member, root)));
        });
    }

    private static bool IsHandler(ISymbol member) => member is IMethodSymbol { IsOverride: true } && DeterministicTypes.Handlers.Contains(member.Name);

    private static string Place(ISymbol member, ISymbol root) =>
        SymbolEqualityComparer.Default.Equals(member, root) ? $"'{Name(member)}'" : $"'{Name(member)}' (used by '{Name(root)}')";

    private static string Name(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } ? member.ContainingType.Name : member.Name;

    private static ImmutableDictionary<string, string?> Properties(Trap trap)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (trap.Replacement is not null)
            properties = properties.Add(Replacement, trap.Replacement);
        return trap.Difference is null ? properties : properties.Add(Difference, trap.Difference);
    }
}
