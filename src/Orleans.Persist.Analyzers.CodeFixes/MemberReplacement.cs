using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Orleans.Persist.Analyzers;

/// <summary>Whether an expression on the members of a class can stand where another one stands.</summary>
internal static class MemberReplacement
{
    /// <summary>Whether <paramref name="replacement"/> starts with an instance member of the class around, can be used there, and has the right type.</summary>
    public static bool Fits(SemanticModel model, ExpressionSyntax expression, ExpressionSyntax replacement, CancellationToken cancellationToken)
    {
        var position = expression.SpanStart;
        if (!HasInstance(expression) || model.GetEnclosingSymbol(position, cancellationToken) is not { ContainingType: { } type })
            return false;
        if (model.GetSymbolInfo(expression, cancellationToken).Symbol is IMethodSymbol { MethodKind: MethodKind.Ordinary } replaced)
        {
            var call = SyntaxFactory.InvocationExpression(replacement);
            return model.GetSpeculativeSymbolInfo(position, call, SpeculativeBindingOption.BindAsExpression).Symbol is IMethodSymbol { Parameters.IsEmpty: true } method &&
                IsInstanceMember(method, type) && SymbolEqualityComparer.Default.Equals(method.ReturnType, replaced.ReturnType);
        }

        var first = replacement;
        while (first is MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } access)
            first = access.Expression;
        return model.GetSpeculativeSymbolInfo(position, first, SpeculativeBindingOption.BindAsExpression).Symbol is IPropertySymbol property &&
            IsInstanceMember(property, type) &&
            model.GetTypeInfo(expression, cancellationToken).Type is { } wanted &&
            model.GetSpeculativeTypeInfo(position, replacement, SpeculativeBindingOption.BindAsExpression).Type is { } given &&
            model.Compilation.ClassifyCommonConversion(given, wanted) is { IsImplicit: true, IsUserDefined: false };
    }

    private static bool IsInstanceMember(ISymbol member, INamedTypeSymbol type)
    {
        if (member.IsStatic)
            return false;
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current, member.ContainingType))
                return true;
        }

        return false;
    }

    // Initializers, constructors and what makes the state run before there is a message or event, and so a time of it.
    private static bool HasInstance(SyntaxNode node)
    {
        foreach (var ancestor in node.Ancestors())
        {
            switch (ancestor)
            {
                case AnonymousFunctionExpressionSyntax function when function.Modifiers.Any(SyntaxKind.StaticKeyword):
                case LocalFunctionStatementSyntax local when local.Modifiers.Any(SyntaxKind.StaticKeyword):
                case BaseFieldDeclarationSyntax or ConstructorDeclarationSyntax or PrimaryConstructorBaseTypeSyntax:
                case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }:
                    return false;
                case MethodDeclarationSyntax method when DeterministicTypes.StateMakers.Contains(method.Identifier.ValueText):
                    return false;
                case MemberDeclarationSyntax member:
                    return !member.Modifiers.Any(SyntaxKind.StaticKeyword);
            }
        }

        return false;
    }
}
