using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Hosting;
using Orleans.Persist.Memory;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Core.Tests.Memory;

/// <summary>Memory outlives its closing, as long as somebody holds on to it: so "closed and opened again" can be tried on it too.</summary>
public sealed class MemoryFixture : StorageFixture
{
    private MemoryStorage? _storage;

    public override ValueTask<IStorage> OpenAsync() => new(_storage ??= new MemoryStorage(Clock));
}

[Trait("Requirement", "p.11")]
public sealed class MemoryAppendTests : JournalAppendConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryExpectedVersionTests : JournalExpectedVersionConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryIdempotencyTests : JournalIdempotencyConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryProducerTests : JournalProducerConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryReadTests : JournalReadConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryFilterTests : JournalFilterConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryTruncateTests : JournalTruncateConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryDeleteTests : JournalDeleteConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemorySubscribeTests : JournalSubscribeConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryInputTests : JournalInputConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryConcurrencyTests : JournalConcurrencyConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryPositionTests : PositionedJournalConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemorySnapshotTests : SnapshotStoreConformance<MemoryFixture>;

[Trait("Requirement", "g.1.0")]
[Trait("Requirement", "g.1.1")]
[Trait("Requirement", "g.4.0")]
[Trait("Requirement", "g.4.1")]
[Trait("Requirement", "g.4.2")]
[Trait("Requirement", "g.6.0")]
[Trait("Requirement", "g.6.1")]
[Trait("Requirement", "p.11")]
public sealed class MemoryObjectStoreTests : ObjectStoreConformance<MemoryFixture>;

[Trait("Requirement", "g.4.3")]
[Trait("Requirement", "g.4.4")]
[Trait("Requirement", "g.5.0")]
[Trait("Requirement", "g.5.1")]
[Trait("Requirement", "g.5.2")]
[Trait("Requirement", "p.11")]
public sealed class MemoryObjectTimeTests : ObjectTimeConformance<MemoryFixture>;

[Trait("Requirement", "g.2.0")]
[Trait("Requirement", "g.2.1")]
[Trait("Requirement", "g.3.0")]
[Trait("Requirement", "g.4.0")]
[Trait("Requirement", "g.6.0")]
[Trait("Requirement", "g.6.1")]
[Trait("Requirement", "p.11")]
public sealed class MemoryEventSinkTests : EventSinkConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemorySourceQueryTests : SourceQueryConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemorySourcePublishTests : SourcePublishConformance<MemoryFixture>;

/// <summary>A journal that cannot check subjects where it puts appends in order.</summary>
public sealed class PlainFixture : StorageFixture
{
    private PlainStorage? _storage;

    public override ValueTask<IStorage> OpenAsync() => new(_storage ??= new PlainStorage(Clock));
}

public sealed class PlainSourcePublishTests : SourcePublishConformance<PlainFixture>;
