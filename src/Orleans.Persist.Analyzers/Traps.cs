using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Orleans.Persist.Analyzers;

/// <summary>What a deterministic handler must not use, looked up by symbol.</summary>
internal sealed class Traps
{
    private const string Constructor = ".ctor";
    private const string InUtc = "in UTC";

    public static readonly IReadOnlyList<Trap> All =
    [
        new(Rules.Time, "System.DateTime", "UtcNow") { Replacement = "Now.UtcDateTime" },
        new(Rules.Time, "System.DateTime", "Now") { Replacement = "Now.UtcDateTime", Difference = InUtc },
        new(Rules.Time, "System.DateTime", "Today") { Replacement = "Now.UtcDateTime.Date", Difference = InUtc },
        new(Rules.Time, "System.DateTimeOffset", "UtcNow") { Replacement = "Now" },
        new(Rules.Time, "System.DateTimeOffset", "Now") { Replacement = "Now", Difference = InUtc },
        new(Rules.Time, "System.TimeProvider", "System") { Replacement = "TimeProvider" },
        new(Rules.Time, "System.Environment", "TickCount"),
        new(Rules.Time, "System.Environment", "TickCount64"),
        new(Rules.Time, "System.Diagnostics.Stopwatch", Trap.AnyMember),

        new(Rules.Guids, "System.Guid", "NewGuid") { Replacement = "NewGuid" },
        new(Rules.Guids, "System.Guid", "CreateVersion7"),

        new(Rules.Randomness, "System.Random", "Shared") { Replacement = "Random" },
        // With a seed, the numbers are the same each time.
        new(Rules.Randomness, "System.Random", Constructor) { Replacement = "Random", Overloads = constructor => constructor.Parameters.IsEmpty },
        new(Rules.Randomness, "System.Security.Cryptography.RandomNumberGenerator", Trap.AnyMember),
        new(Rules.Randomness, "System.Linq.Enumerable", "Shuffle"),

        new(Rules.Threads, "System.Threading.Tasks.Task", "Run"),
        new(Rules.Threads, "System.Threading.Tasks.Task", "Delay"),
        new(Rules.Threads, "System.Threading.Tasks.TaskFactory", "StartNew"),
        new(Rules.Threads, "System.Threading.Tasks.TaskFactory`1", "StartNew"),
        new(Rules.Threads, "System.Threading.Tasks.Parallel", Trap.AnyMember),
        new(Rules.Threads, "System.Linq.ParallelEnumerable", "AsParallel"),
        new(Rules.Threads, "System.Threading.Thread", Trap.AnyMember),
        new(Rules.Threads, "System.Threading.ThreadPool", Trap.AnyMember),
        new(Rules.Threads, "System.Threading.Timer", Trap.AnyMember),
        new(Rules.Threads, "System.Threading.PeriodicTimer", Trap.AnyMember),
        new(Rules.Threads, "System.Timers.Timer", Trap.AnyMember),
        new(Rules.Threads, "System.Threading.CancellationTokenSource", "CancelAfter"),
        new(Rules.Threads, "System.Threading.CancellationTokenSource", Constructor) { Overloads = constructor => !constructor.Parameters.IsEmpty },
    ];

    private readonly Dictionary<ISymbol, Dictionary<string, Trap>> _byType = new(SymbolEqualityComparer.Default);

    public Traps(Compilation compilation)
    {
        foreach (var traps in All.GroupBy(trap => trap.Type, StringComparer.Ordinal))
        {
            var byName = traps.ToDictionary(trap => trap.Member, StringComparer.Ordinal);
            foreach (var type in compilation.GetTypesByMetadataName(traps.Key))
                _byType.Add(type, byName);
        }
    }

    /// <summary>The trap into which an operation steps, and the member used; null if it is none.</summary>
    public (Trap Trap, ISymbol Member)? Find(IOperation? operation)
    {
        ISymbol? member = operation switch
        {
            IMemberReferenceOperation reference => reference.Member,
            IInvocationOperation invocation => invocation.TargetMethod.ReducedFrom ?? invocation.TargetMethod,
            IObjectCreationOperation creation => creation.Constructor,
            _ => null,
        };
        if (member?.ContainingType is null || !_byType.TryGetValue(member.ContainingType.OriginalDefinition, out var byName))
            return null;
        return (byName.TryGetValue(member.Name, out var trap) || byName.TryGetValue(Trap.AnyMember, out trap)) && trap.Covers(member) ? (trap, member) : null;
    }
}
