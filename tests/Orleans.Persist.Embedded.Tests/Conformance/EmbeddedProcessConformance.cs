using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Embedded.Tests.Conformance;

[Trait("Requirement", "m.7")]
[Trait("Requirement", "p.11")]
public sealed class EmbeddedPersistentProcessTests : PersistentProcessConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedProcessRecoveryTests : ProcessRecoveryConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedProcessQueryTests : ProcessQueryConformance<EmbeddedFixture>;

[Trait("Requirement", "m.7")]
[Trait("Requirement", "p.11")]
public sealed class EmbeddedJournaledProcessTests : JournaledProcessConformance<EmbeddedFixture>;

[Trait("Requirement", "p.11")]
public sealed class EmbeddedProcessRebuildTests : ProcessRebuildConformance<EmbeddedFixture>;
