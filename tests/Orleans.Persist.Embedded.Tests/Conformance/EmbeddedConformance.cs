using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Embedded.Tests.Conformance;


[Trait("Requirement", "p.11")]
public sealed class EmbeddedAppendTests : JournalAppendConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedExpectedVersionTests : JournalExpectedVersionConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedIdempotencyTests : JournalIdempotencyConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedProducerTests : JournalProducerConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedReadTests : JournalReadConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedFilterTests : JournalFilterConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedTruncateTests : JournalTruncateConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedDeleteTests : JournalDeleteConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedSubscribeTests : JournalSubscribeConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedInputTests : JournalInputConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedConcurrencyTests : JournalConcurrencyConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedPositionTests : PositionedJournalConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedSnapshotTests : SnapshotStoreConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedReopenTests : StorageReopenConformance<EmbeddedFixture>;
