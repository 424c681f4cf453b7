namespace Orleans.Persist.Journal;

/// <summary>The bounds that a journal enforces before it writes anything.</summary>
/// <param name="MaxAppendBytes">The most bytes one append may take, as stored.</param>
/// <param name="MaxAppendEvents">The most events one append may have.</param>
/// <param name="IdWindow">How many of a stream's newest events, with an id of their own or without, an append is compared with (idempotency by source and id).</param>
public sealed record JournalLimits(long MaxAppendBytes, int MaxAppendEvents, int IdWindow);
