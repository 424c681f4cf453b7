using Orleans.Persist.Hosting;
using Orleans.Persist.Memory;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Core.Tests.Memory;

public sealed class MemoryFixture : StorageFixture
{
    public override ValueTask<IStorage> OpenAsync() => new(new MemoryStorage(Clock));
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
