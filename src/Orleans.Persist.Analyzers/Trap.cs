using Microsoft.CodeAnalysis;

namespace Orleans.Persist.Analyzers;

/// <summary>A member of the framework that a deterministic handler must not use.</summary>
/// <param name="rule">The rule that it falls under.</param>
/// <param name="type">The metadata name of the type.</param>
/// <param name="member">The member's name, <c>.ctor</c> for constructors, or <see cref="AnyMember"/>.</param>
internal sealed class Trap(DiagnosticDescriptor rule, string type, string member)
{
    /// <summary>Stands for every member of the type, constructors too.</summary>
    public const string AnyMember = "*";

    public DiagnosticDescriptor Rule { get; } = rule;

    public string Type { get; } = type;

    public string Member { get; } = member;

    /// <summary>The expression on members of the base class that does the same deterministically; null where there is none.</summary>
    public string? Replacement { get; set; }

    /// <summary>How the replacement differs in meaning from what it replaces; null where it does not.</summary>
    public string? Difference { get; set; }

    /// <summary>Which of the overloads are meant; null for all.</summary>
    public Func<IMethodSymbol, bool>? Overloads { get; set; }

    public bool Covers(ISymbol symbol) => Overloads is null || symbol is IMethodSymbol method && Overloads(method);
}
