using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Core.Tests.Memory;

[Trait("Requirement", "p.1")]
[Trait("Requirement", "p.2")]
[Trait("Requirement", "p.3")]
[Trait("Requirement", "p.4")]
[Trait("Requirement", "p.5")]
[Trait("Requirement", "p.6")]
[Trait("Requirement", "p.7")]
[Trait("Requirement", "p.11")]
public sealed class MemoryPersistentProcessTests : PersistentProcessConformance<MemoryFixture>;

[Trait("Requirement", "p.9")]
[Trait("Requirement", "p.10")]
[Trait("Requirement", "p.11")]
public sealed class MemoryProcessRecoveryTests : ProcessRecoveryConformance<MemoryFixture>;

[Trait("Requirement", "p.10")]
[Trait("Requirement", "p.12")]
[Trait("Requirement", "p.13")]
[Trait("Requirement", "p.14")]
[Trait("Requirement", "p.11")]
public sealed class MemoryProcessQueryTests : ProcessQueryConformance<MemoryFixture>;

[Trait("Requirement", "m.1")]
[Trait("Requirement", "m.2")]
[Trait("Requirement", "m.3")]
[Trait("Requirement", "m.4")]
[Trait("Requirement", "m.5")]
[Trait("Requirement", "m.9")]
[Trait("Requirement", "p.12")]
[Trait("Requirement", "p.11")]
public sealed class MemoryJournaledProcessTests : JournaledProcessConformance<MemoryFixture>;

[Trait("Requirement", "m.2")]
[Trait("Requirement", "m.6")]
[Trait("Requirement", "m.9")]
[Trait("Requirement", "p.11")]
public sealed class MemoryProcessRebuildTests : ProcessRebuildConformance<MemoryFixture>;
