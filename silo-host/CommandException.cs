namespace Orleans.Persist.SiloHost;

/// <summary>A command cannot do what it was asked for; the message says why and what to do. Exit code 1.</summary>
internal sealed class CommandException(string message) : Exception(message);
