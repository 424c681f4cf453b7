namespace Orleans.Persist.Sources;

/// <summary>Runs a sink that the silos are configured with.</summary>
[Alias("Orleans.Persist.IConfiguredSinkGrain")]
internal interface IConfiguredSinkGrain : ISinkControl, IGrainWithStringKey;
