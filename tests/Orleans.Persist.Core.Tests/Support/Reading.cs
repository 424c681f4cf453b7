namespace Orleans.Persist.Core.Tests.Support;

/// <summary>An object of the object store's tests.</summary>
public sealed record Reading(int Id, DateTimeOffset Time, string Text = "");
