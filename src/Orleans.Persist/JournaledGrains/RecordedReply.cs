namespace Orleans.Persist.JournaledGrains;

/// <summary>The reply to a call that a handler made, as it is stored with the handled message: a rebuild gives it to the handler again, and calls nobody.</summary>
/// <param name="Call">Which call of the turn it answers, from 0.</param>
/// <param name="IsError">Whether it is an exception.</param>
/// <param name="Data">The result or the exception, by Orleans' serializer.</param>
internal readonly record struct RecordedReply(int Call, bool IsError, ReadOnlyMemory<byte> Data);
