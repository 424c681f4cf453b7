using Orleans.Persist.Audit;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Audit;

[Trait("Requirement", "s.8")]
public sealed class AuditTrailTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public AuditTrailTests() => _storage = new TestStorage(_time);

    [Fact]
    public async Task Checkpoints_taken_one_after_the_other_are_those_of_one_chain()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time);
        var trail = engine.Source.Audit;
        Assert.Null(await trail.TakeAsync());
        await engine.PublishAsync(1, 20);
        var first = await trail.TakeAsync();
        Assert.Equal(first, await trail.TakeAsync());
        await engine.PublishAsync(21, 50);
        var second = await trail.TakeAsync();

        var chain = new AuditChain(TestEngine.SourceName, 1);
        var hashes = new Dictionary<long, string>();
        await foreach (var @event in engine.Source.ReadAsync(ReadRequest.All))
        {
            chain.Add(@event);
            hashes[chain.Version] = chain.Hash;
        }

        Assert.Equal((20, hashes[20], 50, hashes[50]), (first!.Version, first.Hash, second!.Version, second.Hash));
        var kept = new List<AuditCheckpoint>();
        await foreach (var checkpoint in new AuditTrail(_storage.Memory, TestEngine.SourceName).ReadAsync())
            kept.Add(checkpoint);
        Assert.Equal([first, second], kept);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => trail.TakeAsync(51).AsTask());
    }

    [Fact]
    public async Task A_truncation_leaves_its_anchor_from_which_checkpoints_go_on()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time);
        await engine.PublishAsync(1, 30);
        var trail = engine.Source.Audit;
        var before = (await trail.TakeAsync(10))!;
        await trail.TruncateAsync(26);
        Assert.Equal(26, (await engine.Source.GetHeadAsync()).FirstVersion);
        await engine.PublishAsync(31, 40);
        var after = (await trail.TakeAsync())!;

        var anchors = new List<AuditCheckpoint>();
        await foreach (var checkpoint in trail.ReadAsync())
            anchors.Add(checkpoint);
        var verifier = new AuditVerifier([before, after], anchors);
        await foreach (var @event in engine.Source.ReadAsync(ReadRequest.All))
            verifier.Add(@event);
        var report = verifier.Finish();
        Assert.Equal((1, 15, 25, 0), (report.Checkpoints, report.Proven, report.Truncated, report.Findings.Count));
    }

    [Fact]
    public async Task What_was_truncated_without_a_checkpoint_leaves_nothing_to_go_on_from()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time);
        await engine.PublishAsync(1, 30);
        await _storage.Memory.TruncateAsync(TestEngine.SourceName, 11);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Source.Audit.TakeAsync().AsTask());
        Assert.StartsWith("Events 1 to 10 of source 'gateway' were truncated away without a checkpoint", error.Message);
    }

    [Fact]
    public async Task A_source_that_truncates_by_itself_takes_an_anchor_first_once_checkpoints_are_taken_of_it()
    {
        var options = new EventSourceOptions { ExportEvery = 0, ExportInterval = TimeSpan.Zero, TruncateExported = true };
        await using var engine = await TestEngine.StartAsync(_storage, _time, options, new LogSink("a"));
        await engine.PublishAsync(1, 5);
        await engine.Source.Audit.TakeAsync();
        for (var last = 10; last <= 50; last += 5)
        {
            await engine.PublishAsync(last - 4, last);
            await engine.ReachedAsync(last);
            await engine.ExportAsync();
        }

        var first = (await engine.Source.GetHeadAsync()).FirstVersion;
        Assert.True(first > 5);
        var anchors = new List<long>();
        await foreach (var checkpoint in engine.Source.Audit.ReadAsync())
            anchors.Add(checkpoint.Version);
        Assert.Contains(first - 1, anchors);
    }
}
