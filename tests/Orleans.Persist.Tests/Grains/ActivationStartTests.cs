using Orleans.Persist.Tests.LogConsistency;

namespace Orleans.Persist.Tests.Grains;

[Collection(LogCollection.Name)]
public sealed class ActivationStartTests(LogClusters clusters)
{
    [Theory]
    [InlineData(typeof(MeetingPersistentGrain))]
    [InlineData(typeof(MeetingJournaledGrain))]
    [InlineData(typeof(MeetingSinkGrain))]
    [Trait("Requirement", "o.1")]
    [Trait("Requirement", "o.3")]
    [Trait("Requirement", "o.4")]
    public async Task Two_grains_on_one_silo_that_call_each_other_as_they_start_do_both_start(Type grain)
    {
        var key = Guid.NewGuid().ToString("N");
        var (a, b) = (Grain("a"), Grain("b"));

        var met = await Task.WhenAll(a.Met(), b.Met()).WaitAsync(LogClusters.Patience);

        Assert.Equal([true, true], met);

        IMeetingGrain Grain(string suffix) => clusters.OtherSide.Client.GetGrain<IMeetingGrain>(key + suffix, grain.FullName);
    }
}
