namespace Orleans.Persist.AzureStorage.Tests.Support;

/// <summary>The tests of this class run against Azurite; where it cannot run they count as skipped.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = true, AllowMultiple = false)]
public sealed class NeedsAzuriteAttribute : Attribute;
