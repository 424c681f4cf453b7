namespace Orleans.Persist.Processes;

/// <summary>The host is stopping or has stopped; the message was not handled.</summary>
public sealed class ProcessHostStoppedException() : InvalidOperationException("The process host is not running.");
