namespace Orleans.Persist.Processes;

/// <summary>A send as a turn made it: to whom, and what.</summary>
/// <param name="To">The receiver's persist id.</param>
/// <param name="Message">The message.</param>
public readonly record struct OutgoingSend(string To, EncodedMessage Message);
