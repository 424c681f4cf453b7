using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Orleans.Persist.Analyzers;

/// <summary>What the members of one type use: traps, and each other.</summary>
/// <remarks>Members are added from many threads at once; then, once all are there, it is read by one.</remarks>
internal sealed class TypeUsage(INamedTypeSymbol type, Traps traps)
{
    private readonly ConcurrentDictionary<ISymbol, MemberUsage> _members = new(SymbolEqualityComparer.Default);

    /// <summary>Adds a body or an initializer. Those of nested types are left out: they are no members of this type.</summary>
    public void Add(ISymbol owner, IEnumerable<IOperation> blocks)
    {
        if (!IsMember(owner))
            return;
        var usage = _members.GetOrAdd(Canonical(owner), _ => new MemberUsage());
        lock (usage)
        {
            var collector = new Collector(this, usage);
            foreach (var block in blocks)
                collector.Visit(block);
        }
    }

    /// <summary>Every trap that one of the roots reaches within the type, with the member that has it and the first root that reaches that.</summary>
    public IEnumerable<(TrapUse Use, ISymbol Member, ISymbol Root)> Reach(Func<ISymbol, bool> isRoot)
    {
        var roots = new Dictionary<ISymbol, ISymbol>(SymbolEqualityComparer.Default);
        var waiting = new Queue<ISymbol>();
        // In the order of their declaration, whatever the order in which the threads were done.
        foreach (var root in _members.Keys.Where(isRoot).OrderBy(member => member.Locations[0].SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(member => member.Locations[0].SourceSpan.Start))
        {
            roots.Add(root, root);
            waiting.Enqueue(root);
        }

        while (waiting.Count > 0)
        {
            var member = waiting.Dequeue();
            foreach (var use in _members[member].Traps)
                yield return (use, member, roots[member]);
            foreach (var next in _members[member].Members.Where(next => _members.ContainsKey(next) && !roots.ContainsKey(next)))
            {
                roots.Add(next, roots[member]);
                waiting.Enqueue(next);
            }
        }
    }

    private bool IsMember(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingType?.OriginalDefinition, type);

    // One symbol for the accessors of a property, and for the parts of a partial member.
    private static ISymbol Canonical(ISymbol member)
    {
        var symbol = member is IMethodSymbol { AssociatedSymbol: { } associated } ? associated : member;
        return symbol.OriginalDefinition switch
        {
            IMethodSymbol { PartialDefinitionPart: { } definition } => definition,
            IPropertySymbol { PartialDefinitionPart: { } definition } => definition,
            var original => original,
        };
    }

    /// <summary>A place where a trap is used.</summary>
    internal sealed class TrapUse(Trap trap, ISymbol member, Location location)
    {
        public Trap Trap { get; } = trap;

        public Location Location { get; } = location;

        public string Name { get; } = member is IMethodSymbol { MethodKind: MethodKind.Constructor }
            ? $"new {member.ContainingType.Name}()"
            : $"{member.ContainingType.Name}.{member.Name}";
    }

    private sealed class MemberUsage
    {
        public List<TrapUse> Traps { get; } = [];

        public HashSet<ISymbol> Members { get; } = new(SymbolEqualityComparer.Default);
    }

    private sealed class Collector(TypeUsage type, MemberUsage usage) : OperationWalker
    {
        // A name is not a call.
        public override void VisitNameOf(INameOfOperation operation)
        {
        }

        public override void VisitInvocation(IInvocationOperation operation)
        {
            AddTrap(operation, operation.Instance);
            AddMember(operation.TargetMethod);
            base.VisitInvocation(operation);
        }

        public override void VisitObjectCreation(IObjectCreationOperation operation)
        {
            AddTrap(operation, receiver: null);
            base.VisitObjectCreation(operation);
        }

        public override void VisitMethodReference(IMethodReferenceOperation operation) => AddReference(operation, () => base.VisitMethodReference(operation));

        public override void VisitPropertyReference(IPropertyReferenceOperation operation) => AddReference(operation, () => base.VisitPropertyReference(operation));

        public override void VisitFieldReference(IFieldReferenceOperation operation) => AddReference(operation, () => base.VisitFieldReference(operation));

        private void AddReference(IMemberReferenceOperation operation, Action visit)
        {
            AddTrap(operation, operation.Instance);
            AddMember(operation.Member);
            visit();
        }

        private void AddMember(ISymbol member)
        {
            if (type.IsMember(member))
                usage.Members.Add(Canonical(member));
        }

        private void AddTrap(IOperation operation, IOperation? receiver)
        {
            // What is done with the result of a trap is told where the trap is.
            if (type.Traps.Find(operation) is var (trap, member) && !trap.Rule.Equals(type.Traps.Find(receiver)?.Trap.Rule))
                usage.Traps.Add(new TrapUse(trap, member, LocationOf(operation.Syntax, inChain: receiver is not null || member is IMethodSymbol { IsExtensionMethod: true })));
        }

        // The whole of 'Task.Run', so that it can be replaced; of a chain of calls only the name.
        private static Location LocationOf(SyntaxNode syntax, bool inChain)
        {
            var expression = syntax is InvocationExpressionSyntax invocation ? invocation.Expression : syntax;
            return expression is MemberAccessExpressionSyntax access && inChain ? access.Name.GetLocation() : expression.GetLocation();
        }
    }

    private Traps Traps { get; } = traps;
}
