using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.AzureStorage.Tests.Conformance;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureAppendTests : JournalAppendConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureExpectedVersionTests : JournalExpectedVersionConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureIdempotencyTests : JournalIdempotencyConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureProducerTests : JournalProducerConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureReadTests : JournalReadConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureFilterTests : JournalFilterConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureTruncateTests : JournalTruncateConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureDeleteTests : JournalDeleteConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureSubscribeTests : JournalSubscribeConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureInputTests : JournalInputConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureConcurrencyTests : JournalConcurrencyConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureSnapshotTests : SnapshotStoreConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureReopenTests : StorageReopenConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
[Trait("Requirement", "g.1.0")]
[Trait("Requirement", "g.1.1")]
[Trait("Requirement", "g.4.0")]
[Trait("Requirement", "g.4.1")]
[Trait("Requirement", "g.4.2")]
[Trait("Requirement", "g.6.0")]
[Trait("Requirement", "g.6.1")]
public sealed class AzureObjectStoreTests : ObjectStoreConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
[Trait("Requirement", "g.4.3")]
[Trait("Requirement", "g.4.4")]
[Trait("Requirement", "g.5.0")]
[Trait("Requirement", "g.5.1")]
[Trait("Requirement", "g.5.2")]
public sealed class AzureObjectTimeTests : ObjectTimeConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
[Trait("Requirement", "g.2.0")]
[Trait("Requirement", "g.2.1")]
[Trait("Requirement", "g.3.0")]
[Trait("Requirement", "g.4.0")]
[Trait("Requirement", "g.6.0")]
[Trait("Requirement", "g.6.1")]
public sealed class AzureEventSinkTests : EventSinkConformance<AzureFixture>;
