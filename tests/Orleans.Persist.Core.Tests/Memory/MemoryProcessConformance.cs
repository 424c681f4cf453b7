using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Core.Tests.Memory;

[Trait("Requirement", "p.11")]
public sealed class MemoryPersistentProcessTests : PersistentProcessConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryProcessRecoveryTests : ProcessRecoveryConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryProcessQueryTests : ProcessQueryConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryJournaledProcessTests : JournaledProcessConformance<MemoryFixture>;

[Trait("Requirement", "p.11")]
public sealed class MemoryProcessRebuildTests : ProcessRebuildConformance<MemoryFixture>;
