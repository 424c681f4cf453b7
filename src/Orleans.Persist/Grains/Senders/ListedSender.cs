namespace Orleans.Persist.Grains;

/// <summary>A grain that has sent what may not be acknowledged.</summary>
/// <param name="Grain">Its id.</param>
/// <param name="Silo">The silo its activation runs on, parsable.</param>
/// <param name="Token">Made by that activation: an entry is taken off by its token, so never one that a later activation has made.</param>
internal sealed record ListedSender(string Grain, string Silo, Guid Token);
