namespace Orleans.Persist.Bench.OrleansGrains;

/// <summary>A journaled grain that counts, on whatever provider its class names.</summary>
public interface ICounterGrain : IGrainWithIntegerKey
{
    /// <summary>Raises an event and confirms it.</summary>
    Task Add(int amount);

    /// <summary>Raises an event.</summary>
    Task Raise(int amount);

    Task Confirm();

    /// <summary>Raises many events and confirms them at the end.</summary>
    Task Fill(int events);

    /// <summary>The version, and how many milliseconds the activation took to load it.</summary>
    Task<(int Version, double LoadMilliseconds)> Load();
}
