using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Layout;

[Trait("Requirement", "o.10")]
public sealed class StreamKeyTests
{
    private const string Forbidden = "/\\#?%'\" +";

    [Theory]
    [InlineData("order-17", "order-17")]
    [InlineData("a/b", "a~2fb")]
    [InlineData("$source/x", "~24source~2fx")]
    [InlineData("ü", "~c3~bc")]
    [InlineData("~", "~7e")]
    public void A_name_stands_in_its_key_as_readably_as_may_be(string name, string escaped) =>
        Assert.Matches($"^[0-9a-f]{{4}}-{System.Text.RegularExpressions.Regex.Escape(escaped)}$", StreamKey.Of(name).Partition);

    [Fact]
    public void Any_name_makes_a_legal_key_and_no_two_the_same()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), strings =>
        {
            var names = strings.Where(IsName).Concat(strings.Where(IsName).Select(n => n + "/")).Where(IsName).Distinct(StringComparer.Ordinal).ToList();
            var keys = names.ConvertAll(name => StreamKey.Of(name).Partition);
            return keys.Distinct(StringComparer.Ordinal).Count() == keys.Count
                && keys.TrueForAll(key => key.Length <= 512 && key.All(c => c is > ' ' and < '\u007f' && !Forbidden.Contains(c, StringComparison.Ordinal)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_longest_names_make_legal_keys_and_no_two_the_same()
    {
        string[] names = [new('x', 512), new string('x', 511) + "y", new('/', 512), new string('/', 511) + ".", string.Concat(Enumerable.Repeat("名", 170)), string.Concat(Enumerable.Repeat("名", 169)) + "x"];
        var keys = names.Select(name => StreamKey.Of(name).Partition).ToList();
        Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, key => Assert.InRange(key.Length, 1, 512));
    }

    [Fact]
    public void Names_alike_are_spread_over_the_keys()
    {
        var first = Enumerable.Range(0, 1000).Select(i => StreamKey.Of($"order-{i}").Partition[0]).Distinct();
        Assert.Equal(16, first.Count());
    }

    [Fact]
    public void Commits_sort_by_incarnation_and_version_and_the_head_behind_them()
    {
        string[] keys = [StreamKey.Commit(1, 0), StreamKey.Commit(1, 9), StreamKey.Commit(1, 10), StreamKey.Commit(1, long.MaxValue), StreamKey.Commit(2, 1), StreamKey.Commit(int.MaxValue, 1), StreamKey.Head, StreamKey.Producer(1, "p"), StreamKey.Snapshots];
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal((int.MaxValue, 17L), StreamKey.ParseCommit(StreamKey.Commit(int.MaxValue, 17)));
        Assert.Null(StreamKey.ParseCommit("c1-2"));
    }

    private static bool IsName(string? name)
    {
        try
        {
            StreamName.Validate(name!);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
