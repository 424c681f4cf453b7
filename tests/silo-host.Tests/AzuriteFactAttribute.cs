using Orleans.Persist.Azurite;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>A test that needs Azurite; counted as skipped where that cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = AzuritePackage.Missing;
}
