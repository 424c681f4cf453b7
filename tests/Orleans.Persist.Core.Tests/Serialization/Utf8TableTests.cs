using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

public sealed class Utf8TableTests
{
    [Fact]
    public void Names_are_found_as_a_dictionary_finds_them() =>
        Prop.ForAll<NonEmptyString[], NonEmptyString[]>((names, others) =>
        {
            // Framed too, so that long names differ in their middle only.
            var known = names.Select(name => Text(name.Get)).SelectMany(name => new[] { name, $"App.Events.{name}.Happened" }).Distinct().ToDictionary(name => name, name => name);
            var table = new Utf8Table<string>(known);
            return known.Keys.Concat(others.Select(other => Text(other.Get))).Append("")
                .All(name => table.Find(Encoding.UTF8.GetBytes(name)) == known.GetValueOrDefault(name));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_empty_table_finds_nothing() => Assert.Null(new Utf8Table<string>([]).Find("a"u8));

    private static string Text(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));
}
