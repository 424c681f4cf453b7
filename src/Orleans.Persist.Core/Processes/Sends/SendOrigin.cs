namespace Orleans.Persist.Processes;

/// <summary>Where a message that a process sent comes from; with it the receiver tells a repeated one from a new one.</summary>
/// <param name="Sender">The sender's persist id.</param>
/// <param name="Number">The send's number.</param>
public readonly record struct SendOrigin(string Sender, SendNumber Number);
