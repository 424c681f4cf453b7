namespace Orleans.Persist.SiloHost.Commands;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It failed; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int WrongUse = 2;
}
