using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

/// <summary>Whatever is saved, deleted, waited for and restarted, and in which order: the store answers as a dictionary with times does.</summary>
public sealed class ScopedModelTests
{
    [Fact]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.4")]
    public void It_answers_as_a_dictionary_with_times_does()
    {
        var steps = (from kind in Gen.Choose(0, 9) from key in Gen.Choose(0, 5) from number in Gen.Choose(1, 70) select new[] { kind, key, number }).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(120), Prop.ForAll(steps.ToArbitrary(), list => Run(list).GetAwaiter().GetResult()));
    }

    private static async Task<bool> Run(IEnumerable<int[]> steps)
    {
        var test = new Model();
        await test.InitializeAsync();
        foreach (var step in steps)
            await test.DoAsync(step[0], step[1], step[2]);
        await test.DisposeAsync();
        return true;
    }

    private sealed class Model : ScopedStoreTestBase
    {
        private readonly Dictionary<int, (string Value, DateTimeOffset Expires)> _expected = [];

        public Model() => Options.CompactInterval = TimeSpan.FromSeconds(7);

        public async Task DoAsync(int kind, int key, int number)
        {
            var location = (key % 2 == 0 ? Scope.Global : Scope.Bridge("b")).Key($"{key}");
            switch (kind)
            {
                case < 4:
                    await SaveAsync(location, $"{number}", number);
                    _expected[key] = ($"{number}", Time.GetUtcNow().AddSeconds(number));
                    break;
                case 4:
                    await DeleteAsync(location);
                    _expected.Remove(key);
                    break;
                case 5:
                    await CrashAsync();
                    break;
                default:
                    Pass(number / 4.0);
                    break;
            }

            for (var i = 0; i <= 5; i++)
            {
                var there = _expected.TryGetValue(i, out var value);
                var now = Time.GetUtcNow();
                var expected = !there || now >= value.Expires.AddSeconds(30) ? "Missing" : now >= value.Expires ? "Expired" : value.Value;
                Assert.Equal(expected, await LoadAsync((i % 2 == 0 ? Scope.Global : Scope.Bridge("b")).Key($"{i}")));
            }
        }
    }
}
