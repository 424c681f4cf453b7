namespace Orleans.Persist.SiloHost;

/// <summary>The command line asks for something that does not go together; exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
