using FsCheck;
using FsCheck.Fluent;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>One grain class, once on Orleans' own log storage and once on ours: whatever is asked of both, they answer the same.</summary>
[Collection(LogCollection.Name)]
public sealed class BuiltinOracleTests(LogClusters clusters)
{
    private static readonly TimeSpan Patience = LogClusters.Patience;

    private enum Step
    {
        RaiseAndConfirm,
        Raise,
        RaiseRange,
        TryRaise,
        TryRaiseRange,
        TryRaiseThenRaise,
        Confirm,
        Refresh,
        Clear,
        Deactivate,
        Events,
        TentativeStory,
    }

    [Fact]
    [Trait("Requirement", "o.1")]
    [Trait("Requirement", "o.2")]
    public void The_same_calls_have_the_same_answers_as_on_orleans_own_log_storage() =>
        Prop.ForAll(
            Gen.Elements(Enum.GetValues<Step>()).Zip(Gen.Choose(1, 9)).ListOf().Select(steps => steps.Take(25).ToArray()).ToArbitrary(),
            steps =>
            {
                var (builtin, ours) = (clusters.Grain<BuiltinLogGrain>(), clusters.Grain<NamedLogGrain>());
                for (var i = 0; i < steps.Length; i++)
                {
                    var (step, number) = steps[i];
                    var expected = DoAsync(builtin, step, number).WaitAsync(Patience).GetAwaiter().GetResult();
                    var actual = DoAsync(ours, step, number).WaitAsync(Patience).GetAwaiter().GetResult();
                    Assert.True(expected == actual, $"Step {i} of {string.Join(", ", steps.Select(s => $"{s.Item1} {s.Item2}"))}: expected {expected}, got {actual}");
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private async Task<string> DoAsync(ILogGrain grain, Step step, int number)
    {
        var answer = "";
        switch (step)
        {
            case Step.RaiseAndConfirm:
                await grain.RaiseAndConfirm(number);
                break;
            case Step.Raise:
                await grain.Raise(number);
                return ""; // how much of it is confirmed already is a matter of time
            case Step.RaiseRange:
                await grain.RaiseRange([.. Enumerable.Range(0, number)], confirm: true);
                break;
            case Step.TryRaise:
                answer = $"{await grain.TryRaise(number)}";
                break;
            case Step.TryRaiseRange:
                answer = $"{await grain.TryRaiseRange([.. Enumerable.Range(0, number)])}";
                break;
            case Step.TryRaiseThenRaise:
                answer = $"{await grain.TryRaiseThenRaise(number, number + 1)}";
                break;
            case Step.Confirm:
                await grain.Confirm();
                break;
            case Step.Refresh:
                await grain.Refresh();
                break;
            case Step.Clear:
                await grain.Confirm();
                await grain.Clear();
                break;
            case Step.Deactivate:
                await clusters.Cluster.DeactivateAsync(grain);
                break;
            case Step.Events:
                await grain.Confirm();
                var version = (await grain.Report()).Version;
                var from = number % (version + 1);
                answer = string.Join(' ', await grain.Events(from, version));
                break;
            case Step.TentativeStory:
                await grain.Confirm();
                answer = string.Join('|', await grain.TentativeStory(number));
                break;
        }

        await grain.Confirm();
        var report = await grain.Report();
        return $"{answer} v{report.Version} s{report.Sum} t{report.TentativeSum} u{report.Unconfirmed} [{string.Join(' ', report.Values)}]";
    }
}
