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

[Trait("Requirement", "g.1.0")]
[Trait("Requirement", "g.1.1")]
[Trait("Requirement", "g.4.0")]
[Trait("Requirement", "g.4.1")]
[Trait("Requirement", "g.4.2")]
[Trait("Requirement", "g.6.0")]
[Trait("Requirement", "g.6.1")]
[Trait("Requirement", "p.11")]
public sealed class EmbeddedObjectStoreTests : ObjectStoreConformance<EmbeddedFixture>;

[Trait("Requirement", "g.4.3")]
[Trait("Requirement", "g.4.4")]
[Trait("Requirement", "g.5.0")]
[Trait("Requirement", "g.5.1")]
[Trait("Requirement", "g.5.2")]
[Trait("Requirement", "p.11")]
public sealed class EmbeddedObjectTimeTests : ObjectTimeConformance<EmbeddedFixture>;

[Trait("Requirement", "g.2.0")]
[Trait("Requirement", "g.2.1")]
[Trait("Requirement", "g.3.0")]
[Trait("Requirement", "g.4.0")]
[Trait("Requirement", "g.6.0")]
[Trait("Requirement", "g.6.1")]
[Trait("Requirement", "p.11")]
public sealed class EmbeddedEventSinkTests : EventSinkConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedSourceQueryTests : SourceQueryConformance<EmbeddedFixture>
{
    protected override int TryEvery => 11;
}

[Trait("Requirement", "p.11")]
public sealed class EmbeddedSourcePublishTests : SourcePublishConformance<EmbeddedFixture>;
