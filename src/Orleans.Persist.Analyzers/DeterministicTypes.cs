using Microsoft.CodeAnalysis;

namespace Orleans.Persist.Analyzers;

/// <summary>The types whose handlers run again in a rebuild, found by their names, so that no assembly has to be referenced.</summary>
internal sealed class DeterministicTypes(Compilation compilation)
{
    public const string JournaledAttribute = "Orleans.Persist.Processes.JournaledAttribute";
    public const string ReadOnlyAttribute = "Orleans.Concurrency.ReadOnlyAttribute";

    /// <summary>The base classes whose overridden handlers are deterministic.</summary>
    public static readonly IReadOnlyList<string> BaseTypes =
    [
        "Orleans.Persist.Processes.PersistentProcess`2",
        "Orleans.Persist.Processes.JournaledProcess`2",
        "Orleans.Persist.Grains.PersistentGrain`2",
    ];

    /// <summary>The names of those that run when the state is made: there is no message or event then, and so no time of it.</summary>
    public static readonly IReadOnlyCollection<string> StateMakers = ["CreateState", "RecoverSnapshot"];

    /// <summary>The names of those handlers.</summary>
    public static readonly ISet<string> Handlers = new HashSet<string>([.. StateMakers, "Apply", "Recover", "OnEvent", "Handle", "HandleAsync"], StringComparer.Ordinal);

    private readonly HashSet<ISymbol> _bases = new(BaseTypes.SelectMany(name => compilation.GetTypesByMetadataName(name)), SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _attributes = new(compilation.GetTypesByMetadataName(JournaledAttribute), SymbolEqualityComparer.Default);

    private readonly HashSet<ISymbol> _queries = new(compilation.GetTypesByMetadataName(ReadOnlyAttribute), SymbolEqualityComparer.Default);

    /// <summary>Whether the compilation can have any.</summary>
    public bool Any => _bases.Count + _attributes.Count > 0;

    /// <summary>What of a type is deterministic: all of it, its handlers, or nothing.</summary>
    public Scope ScopeOf(INamedTypeSymbol type)
    {
        var scope = Scope.Nothing;
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.GetAttributes().Any(attribute => attribute.AttributeClass is { } @class && _attributes.Contains(@class)))
                return Scope.AllMembers;
            // The base classes themselves are the engine, which does read the clock.
            if (!ReferenceEquals(current, type) && _bases.Contains(current.OriginalDefinition))
                scope = Scope.Handlers;
        }

        return scope;
    }

    /// <summary>Whether a member is a query: it implements a grain's method that is marked <c>[ReadOnly]</c>, and no rebuild runs it again.</summary>
    public bool IsQuery(INamedTypeSymbol type, ISymbol member) => _queries.Count > 0 && member is IMethodSymbol && type.AllInterfaces
        .SelectMany(known => known.GetMembers())
        .Any(method => method.GetAttributes().Any(attribute => attribute.AttributeClass is { } @class && _queries.Contains(@class))
            && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(method), member));

    /// <summary>What of a type is deterministic.</summary>
    internal enum Scope
    {
        Nothing,
        Handlers,
        AllMembers,
    }
}
