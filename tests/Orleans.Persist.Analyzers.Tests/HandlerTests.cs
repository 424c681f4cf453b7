namespace Orleans.Persist.Analyzers.Tests;

/// <summary>Which code is a deterministic handler, and which is not.</summary>
public sealed class HandlerTests
{
    [Theory]
    [InlineData("PersistentProcess", "object Apply(object state, string @event)")]
    [InlineData("PersistentProcess", "object Recover(object state, string @event)")]
    [InlineData("PersistentProcess", "object RecoverSnapshot(object snapshot, long version)")]
    [InlineData("PersistentProcess", "object CreateState()")]
    [InlineData("PersistentProcess", "void OnEvent(string @event, long version)")]
    [InlineData("PersistentProcess", "ValueTask<object?> HandleAsync(object command)")]
    [InlineData("PersistentProcess", "async ValueTask<object?> HandleAsync(object command)")]
    [InlineData("PersistentGrain", "void Apply(object state, string @event)")]
    [InlineData("PersistentGrain", "void Recover(object state)")]
    [InlineData("PersistentGrain", "void OnEvent(string @event)")]
    public Task Overrides_of_the_base_classes_handlers_are_deterministic(string type, string handler) => Verify.ReportsAsync("OP0001",
        $$"""
        abstract class Account : {{type}}<object, string>
        {
            protected override {{handler}} { _ = [|DateTime.UtcNow|]; throw new InvalidOperationException(); }
            public void Deposit() => _ = DateTime.UtcNow;
        }
        class Other
        {
            protected {{handler}} { _ = DateTime.UtcNow; throw new InvalidOperationException(); }
        }
        """);

    [Fact]
    public Task A_method_that_only_has_a_handlers_name_is_not_one() => Verify.ReportsNothingAsync(
        """
        abstract class Account : PersistentProcess<object, string>
        {
            private static DateTime Apply(int other) => DateTime.UtcNow;
            public new void OnEvent(string @event, long version) => _ = DateTime.UtcNow;
            public override string ToString() => Guid.NewGuid().ToString();
        }
        """);

    [Fact]
    public Task Handlers_are_found_below_a_base_class_of_the_users_own() => Verify.ReportsAsync("OP0002",
        """
        abstract class Base<T> : PersistentGrain<T, string>
        {
            protected override void Apply(T state, string @event) => Note([|Guid.NewGuid|]());
            protected abstract void Note(Guid id);
        }
        class Account : Base<object>
        {
            protected override void Apply(object state, string @event) => Note([|Guid.NewGuid|]());
            protected override void Note(Guid id) => _ = [|Guid.NewGuid|]();
            private Guid Another() => Guid.NewGuid();
        }
        """);

    [Fact]
    public Task Lambdas_local_functions_and_queries_belong_to_the_handler() => Verify.ReportsAsync("OP0001",
        """
        abstract class Account : PersistentProcess<object, string>
        {
            protected override void OnEvent(string @event, long version)
            {
                Func<DateTime> lambda = () => [|DateTime.UtcNow|];
                DateTime Local() => [|DateTime.UtcNow|];
                static DateTime Static() => [|DateTime.UtcNow|];
                _ = from x in new[] { lambda(), Local(), Static() } where x < [|DateTime.UtcNow|] select x;
            }
        }
        """);

    [Fact]
    public Task What_a_handler_reaches_in_its_class_is_deterministic_too() => Verify.ReportsAsync("OP0001",
        """
        abstract class Account : PersistentProcess<object, string>
        {
            private readonly DateTime _loaded = [|DateTime.UtcNow|];
            private static readonly DateTime Started = [|DateTime.UtcNow|];
            private readonly DateTime _unused = DateTime.UtcNow;
            private DateTime Today { get { return [|DateTime.Today|]; } set { } }
            private DateTime Created { get; } = [|DateTime.Now|];
            private DateTime Elsewhere => DateTime.Now;

            protected override void OnEvent(string @event, long version)
            {
                First(3);
                _ = new[] { 1 }.Select(Second);
                _ = (_loaded, Started, Today, this.Created);
            }

            private void First(int n)
            {
                if (n > 0)
                    First(n - 1);
                Third<int>();
            }

            private static int Second(int n) => [|DateTime.UtcNow|].Day + n;
            private void Third<T>() => _ = [|Environment.TickCount|];
            private void Fourth() => _ = Environment.TickCount;
        }
        """);

    [Fact]
    public async Task The_message_names_the_handler_through_which_it_is_reached()
    {
        var found = await Verify.AnalyzeAsync(new Source(
            """
            abstract class Account : PersistentProcess<object, string>
            {
                protected override void OnEvent(string @event, long version) => First();
                private void First() => Second();
                private void Second() => _ = Guid.NewGuid();
            }
            """).Text);
        Assert.StartsWith("'Guid.NewGuid' in 'Second' (used by 'OnEvent') makes", Assert.Single(found).GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parts_of_a_partial_class_and_of_a_partial_method_are_one()
    {
        var found = await Verify.AnalyzeAsync(
            $$"""
            {{Source.Usings}}
            abstract partial class Account : PersistentProcess<object, string>
            {
                protected override void OnEvent(string @event, long version) => Note();
                private partial void Note();
            }
            """,
            $$"""
            {{Source.Usings}}
            abstract partial class Account
            {
                private partial void Note() => _ = Guid.NewGuid();
            }
            """);
        var diagnostic = Assert.Single(found);
        Assert.Equal(("OP0002", "File1.cs"), (diagnostic.Id, diagnostic.Location.SourceTree!.FilePath));
    }

    [Fact]
    public Task Other_types_are_not_looked_into_nested_ones_neither() => Verify.ReportsNothingAsync(
        """
        abstract class Account : PersistentProcess<object, string>
        {
            protected override void OnEvent(string @event, long version) => new Clock().Read();

            private sealed class Clock
            {
                public DateTime Read() => DateTime.UtcNow;
            }
        }
        """);

    [Fact]
    public Task A_handler_nested_in_another_class_is_one() => Verify.ReportsAsync("OP0001",
        """
        class Outer
        {
            public DateTime Read() => DateTime.UtcNow;

            private abstract class Account : PersistentProcess<object, string>
            {
                protected override void OnEvent(string @event, long version) => _ = [|DateTime.UtcNow|];
            }
        }
        """);

    [Fact]
    public Task Every_member_of_a_journaled_class_is_deterministic() => Verify.ReportsAsync("OP0001",
        """
        [Journaled]
        class Strategy
        {
            private readonly DateTime _field = [|DateTime.UtcNow|];

            public Strategy() => Property = [|DateTime.UtcNow|];

            public DateTime Property { get; set; } = [|DateTime.UtcNow|];

            public DateTime this[int i] => [|DateTime.UtcNow|];

            public void Quote(decimal price) => _ = [|DateTime.UtcNow|];

            private static DateTime Unused() => [|DateTime.UtcNow|];

            private sealed class Nested
            {
                public DateTime Read() => DateTime.UtcNow;
            }
        }

        class Derived : Strategy
        {
            public void Trade() => _ = [|DateTime.UtcNow|];
        }

        class Unmarked
        {
            public void Trade() => _ = DateTime.UtcNow;
        }
        """);

    [Fact]
    public Task A_journaled_process_is_journaled() => Verify.ReportsAsync("OP0001",
        """
        class Strategy : JournaledProcess<object, string>
        {
            protected override object? Handle(string message) => [|DateTime.UtcNow|];
            public DateTime Read() => [|DateTime.UtcNow|];
        }
        """);

    [Fact]
    public Task Queries_of_a_journaled_grain_may_read_the_clock_unless_a_handler_uses_them() => Verify.ReportsAsync("OP0001",
        """
        namespace Orleans.Concurrency
        {
            sealed class ReadOnlyAttribute : Attribute;
        }

        namespace Bank
        {
            interface IAccountGrain
            {
                void Deposit(decimal amount);
                [Orleans.Concurrency.ReadOnly] DateTime Asked();
                [Orleans.Concurrency.ReadOnly] DateTime Used();
            }

            [Journaled]
            class AccountGrain : IAccountGrain
            {
                public void Deposit(decimal amount) => _ = ([|DateTime.UtcNow|], Used());
                public DateTime Asked() => DateTime.UtcNow;
                public DateTime Used() => [|DateTime.UtcNow|];
            }
        }
        """);

    [Fact]
    public async Task Another_attribute_of_the_same_name_marks_nothing() => await Verify.ReportsNothingAsync(
        """
        namespace Elsewhere
        {
            [Journaled]
            class Strategy
            {
                public void Trade() => _ = DateTime.UtcNow;
            }

            sealed class JournaledAttribute : Attribute;
        }
        """);

    [Fact]
    public async Task Generated_code_and_suppressed_places_are_left_alone()
    {
        var handler = Source.InHandler("_ = Guid.NewGuid();");
        Assert.Empty(await Verify.AnalyzeAsync("// <auto-generated/>\n#nullable enable\n" + Source.Usings + handler));
        Assert.DoesNotContain(await Verify.AnalyzeAsync("#pragma warning disable OP0002\n" + Source.Usings + handler), d => !d.IsSuppressed);
    }
}
