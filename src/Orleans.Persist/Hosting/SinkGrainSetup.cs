using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>A sink grain that is to be active from the silo's start on.</summary>
/// <param name="Source">Its source.</param>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Grain">The grain.</param>
internal sealed record SinkGrainSetup(string Source, string Name, Func<IGrainFactory, ISinkControl> Grain);
