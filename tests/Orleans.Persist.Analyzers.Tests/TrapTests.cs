using System.Reflection;

namespace Orleans.Persist.Analyzers.Tests;

/// <summary>What is reported in a handler, and what is not.</summary>
public sealed class TrapTests
{
    public static TheoryData<string, string> Reported => new()
    {
        { "OP0001", "_ = [|DateTime.Now|];" },
        { "OP0001", "_ = [|DateTime.UtcNow|].AddDays(1);" },
        { "OP0001", "_ = [|System.DateTime.Today|];" },
        { "OP0001", "_ = [|DateTimeOffset.Now|];" },
        { "OP0001", "_ = [|DateTimeOffset.UtcNow|];" },
        { "OP0001", "_ = [|TimeProvider.System|].GetUtcNow();" },
        { "OP0001", "_ = [|Environment.TickCount|];" },
        { "OP0001", "_ = [|Environment.TickCount64|];" },
        { "OP0001", "_ = [|Stopwatch.GetTimestamp|]();" },
        { "OP0001", "_ = [|Stopwatch.StartNew|]().Elapsed;" },
        { "OP0001", "var watch = [|new Stopwatch()|]; watch.[|Start|](); _ = watch.[|ElapsedMilliseconds|];" },
        { "OP0002", "_ = [|Guid.NewGuid|]();" },
        { "OP0002", "_ = [|Guid.CreateVersion7|]();" },
        { "OP0002", "_ = [|Guid.CreateVersion7|](Now);" },
        { "OP0002", "Func<Guid> next = [|Guid.NewGuid|]; _ = next();" },
        { "OP0003", "_ = [|Random.Shared|].Next();" },
        { "OP0003", "_ = [|new Random()|].Next(6);" },
        { "OP0003", "Random dice = [|new()|]; _ = dice.Next(6);" },
        { "OP0003", "_ = [|RandomNumberGenerator.GetInt32|](6);" },
        { "OP0003", "using var numbers = [|RandomNumberGenerator.Create|](); numbers.[|GetBytes|](new byte[4]);" },
        { "OP0003", "_ = new[] { 1, 2 }.[|Shuffle|]();" },
        { "OP0004", "await [|Task.Run|](Work);" },
        { "OP0004", "_ = [|Task.Run|](() => 1);" },
        { "OP0004", "await [|Task.Delay|](1);" },
        { "OP0004", "await [|Task.Delay|](TimeSpan.Zero, TimeProvider);" },
        { "OP0004", "_ = Task.Factory.[|StartNew|](Work);" },
        { "OP0004", "_ = Task<int>.Factory.[|StartNew|](() => 1);" },
        { "OP0004", "[|Parallel.For|](0, 2, _ => Work());" },
        { "OP0004", "_ = new[] { 1 }.[|AsParallel|]().Sum();" },
        { "OP0004", "[|new Thread(Work)|].Start();" },
        { "OP0004", "[|Thread.Sleep|](1);" },
        { "OP0004", "_ = [|Thread.CurrentThread|].ManagedThreadId;" },
        { "OP0004", "[|ThreadPool.QueueUserWorkItem|](_ => Work());" },
        { "OP0004", "using var timer = [|new Timer(_ => Work())|]; timer.[|Change|](1, 1);" },
        { "OP0004", "using var timer = [|new PeriodicTimer(TimeSpan.FromSeconds(1))|];" },
        { "OP0004", "using var timer = [|new System.Timers.Timer(1)|];" },
        { "OP0004", "using var source = [|new CancellationTokenSource(1)|];" },
        { "OP0004", "using var source = new CancellationTokenSource(); source.[|CancelAfter|](1);" },
    };

    public static TheoryData<string> Allowed => new()
    {
        "_ = Now; _ = Now.UtcDateTime; _ = TimeProvider.GetUtcNow();",
        "_ = NewGuid(); _ = Random.Next(6);",
        "_ = DateTime.MinValue; _ = new DateTime(2026, 1, 1); _ = DateTime.Parse(\"2026-01-01\");",
        "_ = TimeSpan.FromSeconds(1); _ = Environment.NewLine;",
        "_ = Guid.Empty; _ = Guid.Parse(\"00000000-0000-0000-0000-000000000000\"); _ = new Guid(new byte[16]);",
        "_ = new Random(42).Next();",
        "_ = new[] { 2, 1 }.Order().ToList(); _ = SHA256.HashData(new byte[1]);",
        "await Task.WhenAll(Task.CompletedTask, Task.FromResult(1)); await Task.Yield();",
        "using var source = new CancellationTokenSource(); source.Cancel();",
        "_ = nameof(DateTime.UtcNow) + nameof(Guid.NewGuid) + nameof(Task.Run) + nameof(Stopwatch.Elapsed);",
        "Stopwatch? none = null; _ = none is null; _ = typeof(Thread);",
    };

    public static IEnumerable<object[]> AllTraps => Traps.All.Select(trap => new object[] { trap.Rule.Id, trap.Type, trap.Member });

    [Theory]
    [MemberData(nameof(Reported))]
    public Task In_a_handler_it_is_reported_where_it_stands(string id, string statements) => Verify.ReportsAsync(id, Source.InHandler(statements));

    [Fact]
    public Task Outside_a_handler_nothing_of_it_is_reported()
    {
        var methods = Reported.Select((row, i) => $"private async Task Command{i}() {{ {((string)row[1]).Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal)} await Task.CompletedTask; }}");
        return Verify.ReportsNothingAsync($"abstract class Account : PersistentProcess<object, string> {{ private static void Work() {{ }} {string.Join('\n', methods)} }}");
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public Task What_is_the_same_each_time_is_not_reported(string statements) => Verify.ReportsNothingAsync(Source.InHandler(statements));

    [Theory]
    [MemberData(nameof(AllTraps))]
    public void Every_trap_is_in_the_framework_and_in_these_tests(string id, string type, string member)
    {
        var found = AppDomain.CurrentDomain.GetAssemblies().Append(typeof(System.Timers.Timer).Assembly).Append(typeof(ParallelEnumerable).Assembly)
            .Append(typeof(Parallel).Assembly).Append(typeof(System.Security.Cryptography.RandomNumberGenerator).Assembly)
            .Select(assembly => assembly.GetType(type)).First(candidate => candidate is not null)!;
        Assert.True(member == Trap.AnyMember || found.GetMember(member, BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance).Length > 0);

        var use = member switch { Trap.AnyMember => found.Name, ".ctor" => $"new {found.Name}(", _ => member };
        Assert.Contains(Reported, row => (string)row[0] == id && ((string)row[1]).Contains(use, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("_ = DateTime.UtcNow;", "OP0001", "'DateTime.UtcNow' in 'HandleAsync' reads the machine's clock: use 'Now'")]
    [InlineData("_ = Guid.NewGuid();", "OP0002", "'Guid.NewGuid' in 'HandleAsync' makes another GUID each time it runs: use 'NewGuid()'")]
    [InlineData("_ = new Random();", "OP0003", "'new Random()' in 'HandleAsync' draws other numbers each time it runs: use 'Random'")]
    [InlineData("Thread.Sleep(1);", "OP0004", "'Thread.Sleep' in 'HandleAsync' lets the order of things depend on threads or timers: do such work outside")]
    public async Task The_message_says_what_is_wrong_where_and_what_to_use(string statement, string id, string message)
    {
        var diagnostic = Assert.Single(await Verify.AnalyzeAsync(new Source(Source.InHandler(statement)).Text));
        Assert.Equal(id, diagnostic.Id);
        Assert.StartsWith(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
