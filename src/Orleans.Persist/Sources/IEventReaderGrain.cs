namespace Orleans.Persist.Sources;

/// <summary>Reads a source's stream, on any silo; its key is the source's name.</summary>
[Alias("Orleans.Persist.IEventReaderGrain")]
internal interface IEventReaderGrain : IEventReader, IGrainWithStringKey;
