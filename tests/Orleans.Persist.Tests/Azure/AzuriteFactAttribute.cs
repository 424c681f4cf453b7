using Orleans.Persist.Azurite;

namespace Orleans.Persist.Tests.Azure;

/// <summary>A test that needs Azurite: counted as skipped, with the reason, where it cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = AzuritePackage.Missing;
}
