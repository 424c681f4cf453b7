namespace Orleans.Persist.Tests.Hosting;

/// <summary>A grain that keeps what it is told in the silo's journal.</summary>
public interface INotesGrain : IGrainWithStringKey
{
    /// <summary>Appends a note and returns its version.</summary>
    Task<long> Add(string note);

    /// <summary>The notes of a stream, which may be another grain's.</summary>
    Task<List<string>> Read(string stream);

    /// <summary>The name of the silo on which the grain is active.</summary>
    Task<string> SiloName();
}
