namespace Orleans.Persist.Processes;

/// <summary>A stored send that the receiver has not acknowledged.</summary>
/// <param name="To">The receiver's persist id.</param>
/// <param name="Number">Its number.</param>
/// <param name="Message">The message.</param>
public sealed record PendingSend(string To, SendNumber Number, EncodedMessage Message);
