using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Tests.Model;

/// <summary>A change of a stream, which is in doubt when the storage failed under it.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Do">Does it and gives the answer as text.</param>
/// <param name="Happened">Whether it explains how a stream got from one state to another.</param>
/// <param name="Time">When it was tried.</param>
internal sealed record ModelDoubt(
    string Stream, Func<IJournal, ValueTask<string>> Do, Func<IJournal, StreamHead, StreamHead, ValueTask<bool>> Happened, DateTimeOffset Time);
