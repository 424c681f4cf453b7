using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.AzureStorage.Tests.Conformance;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureSourceQueryTests : SourceQueryConformance<AzureFixture>
{
    protected override int TryEvery => 211; // each is some requests to one slow process
}

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzurePersistentProcessTests : PersistentProcessConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureProcessRecoveryTests : ProcessRecoveryConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureProcessQueryTests : ProcessQueryConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureJournaledProcessTests : JournaledProcessConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureProcessRebuildTests : ProcessRebuildConformance<AzureFixture>;

[NeedsAzurite]
[Trait("Requirement", "o.10")]
[Trait("Requirement", "p.11")]
public sealed class AzureSourcePublishTests : SourcePublishConformance<AzureFixture>
{
    protected override int Increments => 5;
}
