using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.AzureStorage.Indexing;

namespace Orleans.Persist.AzureStorage.Tests.Indexing;

[Trait("Requirement", "o.10")]
public sealed class CommitGroupTests
{
    /// <summary>Reading a thousand small commits is one request; the index makes at most ten of it.</summary>
    [Fact]
    public void However_matches_lie_they_are_fetched_each_once_and_in_few_requests()
    {
        var matches = from steps in Gen.Choose(1, 250).ArrayOf(200)
                      from bytes in Gen.Elements(100.0, 500.0, 20_000.0, 900_000.0)
                      from backward in Gen.Elements(true, false)
                      select (steps, bytes, backward);
        Prop.ForAll(matches.ToArbitrary(), m =>
        {
            var last = 0L;
            var candidates = m.steps.Select(step => new Candidate(last += step, 1, m.bytes)).ToList();
            if (m.backward)
                candidates.Reverse();
            var groups = CommitGroup.Divide(candidates, long.MaxValue).ToList();
            Assert.Equal(candidates.Select(c => c.Last), groups.SelectMany(g => g.Wanted));
            Assert.InRange(groups.Count, 1, 1 + (last / 100) + (last * m.bytes / (256 << 10)));
        }).QuickCheckThrowOnFailure();
    }
}
