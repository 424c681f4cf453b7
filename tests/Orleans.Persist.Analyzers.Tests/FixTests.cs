namespace Orleans.Persist.Analyzers.Tests;

/// <summary>What the fixes make of the code: it compiles, and nothing fixable is left.</summary>
public sealed class FixTests
{
    [Theory]
    [InlineData("_ = DateTime.UtcNow;", "_ = Now.UtcDateTime;", "Use 'Now.UtcDateTime' of the base class")]
    [InlineData("_ = DateTime.Now;", "_ = Now.UtcDateTime;", "Use 'Now.UtcDateTime' of the base class, in UTC")]
    [InlineData("_ = DateTime.Today.Year;", "_ = Now.UtcDateTime.Date.Year;", "Use 'Now.UtcDateTime.Date' of the base class, in UTC")]
    [InlineData("_ = DateTimeOffset.UtcNow;", "_ = Now;", "Use 'Now' of the base class")]
    [InlineData("_ = DateTimeOffset.Now.Offset;", "_ = Now.Offset;", "Use 'Now' of the base class, in UTC")]
    [InlineData("_ = System.DateTimeOffset /* here */ .UtcNow; // there", "_ = Now; // there", "Use 'Now' of the base class")]
    [InlineData("_ = TimeProvider.System.GetUtcNow();", "_ = TimeProvider.GetUtcNow();", "Use 'TimeProvider' of the base class")]
    [InlineData("_ = Guid.NewGuid();", "_ = NewGuid();", "Use 'NewGuid' of the base class")]
    [InlineData("_ = global::System.Guid.NewGuid().ToString();", "_ = NewGuid().ToString();", "Use 'NewGuid' of the base class")]
    [InlineData("Func<Guid> next = Guid.NewGuid;", "Func<Guid> next = NewGuid;", "Use 'NewGuid' of the base class")]
    [InlineData("_ = Random.Shared.Next();", "_ = Random.Next();", "Use 'Random' of the base class")]
    [InlineData("_ = System.Random.Shared.Next();", "_ = Random.Next();", "Use 'Random' of the base class")]
    [InlineData("_ = new Random().Next(6);", "_ = Random.Next(6);", "Use 'Random' of the base class")]
    [InlineData("Random dice = new();", "Random dice = Random;", "Use 'Random' of the base class")]
    [InlineData("if (DateTime.UtcNow > DateTime.Today) _ = Guid.NewGuid();", "if (Now.UtcDateTime > Now.UtcDateTime.Date) _ = NewGuid();", "Use 'NewGuid' of the base class")]
    [InlineData("var Now = DateTime.UtcNow;", "var Now = this.Now.UtcDateTime;", "Use 'this.Now.UtcDateTime' of the base class")]
    public async Task What_has_a_replacement_in_the_base_class_is_replaced(string before, string after, string title) =>
        Assert.Equal(title, await Verify.FixesAsync(Source.InHandler(before), Source.InHandler(after)));

    [Theory]
    [InlineData("_ = Environment.TickCount64;")]
    [InlineData("_ = Stopwatch.GetTimestamp();")]
    [InlineData("_ = Guid.CreateVersion7();")]
    [InlineData("_ = RandomNumberGenerator.GetInt32(6);")]
    [InlineData("_ = Task.Run(Work);")]
    [InlineData("static DateTime Local() => DateTime.UtcNow;")]
    [InlineData("Func<DateTime> local = static () => DateTime.UtcNow;")]
    public async Task What_has_none_is_left(string statement)
    {
        var code = Source.InHandler(statement);
        Assert.Single(await Verify.AnalyzeAsync(Source.Usings + code));
        Assert.Null(await Verify.FixesAsync(code, code));
    }

    [Fact]
    public Task A_process_all_through() => Verify.FixesAsync(
        """
        class Account : JournaledProcess<List<string>, string>
        {
            private readonly DateTime _loaded = DateTime.UtcNow;

            protected override object? Handle(string message)
            {
                // When it came.
                State.Add(DateTimeOffset.UtcNow.ToString("O"));
                State.AddRange(Enumerable.Range(0, 2).Select(_ => Guid.NewGuid().ToString()));
                State.Add(Pick() + Static() + _loaded);
                return null;
            }

            private string Pick() => new Random().Next(6).ToString();

            private static string Static() => Guid.NewGuid().ToString();
        }
        """,
        """
        class Account : JournaledProcess<List<string>, string>
        {
            private readonly DateTime _loaded = DateTime.UtcNow;

            protected override object? Handle(string message)
            {
                // When it came.
                State.Add(Now.ToString("O"));
                State.AddRange(Enumerable.Range(0, 2).Select(_ => NewGuid().ToString()));
                State.Add(Pick() + Static() + _loaded);
                return null;
            }

            private string Pick() => Random.Next(6).ToString();

            private static string Static() => Guid.NewGuid().ToString();
        }
        """);

    [Fact]
    public Task Members_of_other_types_or_kinds_do_not_count() => LeavesAsync(
        """
        [Journaled]
        class Strategy
        {
            public string Now => "";
            public Guid NewGuid(int n) => default;
            public static Random Random => Random.Shared;
            public object TimeProvider => this;

            public void Quote()
            {
                _ = DateTimeOffset.UtcNow;
                _ = Guid.NewGuid();
                _ = new Random();
                _ = global::System.TimeProvider.System;
            }
        }
        """);

    [Fact]
    public Task A_class_without_those_members_has_no_fixes() => LeavesAsync(
        """
        [Journaled]
        class Strategy
        {
            public void Quote() => _ = (DateTime.UtcNow, Guid.NewGuid(), new Random(), TimeProvider.System);
        }
        """);

    [Fact]
    public Task A_constructor_has_no_message_whose_time_it_could_take() => LeavesAsync(
        """
        [Journaled]
        abstract class Strategy : JournaledProcess<object, string>
        {
            public Strategy() => _ = DateTime.UtcNow;
            public DateTime Created { get; } = DateTime.UtcNow;
        }
        """);

    [Theory]
    [InlineData("object CreateState()")]
    [InlineData("object RecoverSnapshot(object snapshot, long version)")]
    public Task Neither_have_the_state_before_the_first_event_and_a_snapshots(string method) => LeavesAsync(
        $$"""
        abstract class Account : PersistentProcess<object, string>
        {
            protected override {{method}} => DateTime.UtcNow;
        }
        """);

    private static async Task LeavesAsync(string code)
    {
        Assert.NotEmpty(await Verify.AnalyzeAsync(Source.Usings + code));
        Assert.Null(await Verify.FixesAsync(code, code));
    }
}
