using Orleans.Persist.Hosting;
using Orleans.Persist.TestKit.Conformance;
using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.Embedded.Tests.Conformance;

/// <summary>The embedded storage with the smallest segments and caches it takes, so that every suite crosses segments, indexes and evictions. Its disk is in memory.</summary>
public sealed class SmallSegmentsFixture : StorageFixture
{
    private readonly FaultyDirectory _directory = new();

    public override async ValueTask<IStorage> OpenAsync() =>
        await EmbeddedStorage.OpenAsync(_directory, new EmbeddedOptions { SegmentBytes = 64 << 10, CachedStreams = 16, IdWindow = 32, IndexStreamsFrom = 8, FlushOnCallerBelow = TimeSpan.FromMilliseconds(10) }, Clock);
}

public sealed class SmallSegmentsAppendTests : JournalAppendConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsExpectedVersionTests : JournalExpectedVersionConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsIdempotencyTests : JournalIdempotencyConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsProducerTests : JournalProducerConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsReadTests : JournalReadConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsFilterTests : JournalFilterConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsTruncateTests : JournalTruncateConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsDeleteTests : JournalDeleteConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsSubscribeTests : JournalSubscribeConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsInputTests : JournalInputConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsConcurrencyTests : JournalConcurrencyConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsPositionTests : PositionedJournalConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsReopenTests : StorageReopenConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsSnapshotTests : SnapshotStoreConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsObjectStoreTests : ObjectStoreConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsObjectTimeTests : ObjectTimeConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsEventSinkTests : EventSinkConformance<SmallSegmentsFixture>;

public sealed class SmallSegmentsSourceQueryTests : SourceQueryConformance<SmallSegmentsFixture>
{
    protected override int TryEvery => 5;
}

public sealed class SmallSegmentsSourcePublishTests : SourcePublishConformance<SmallSegmentsFixture>;
