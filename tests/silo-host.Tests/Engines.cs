namespace Orleans.Persist.SiloHost.Tests;

/// <summary>The engines that this build has.</summary>
internal static class Engines
{
    public static TheoryData<string, string> All => new()
    {
        { "local", "engine: in-process" },
#if ORLEANS
        { "orleans", "engine: Orleans silo" },
#endif
    };

    /// <summary>What a host says that was not told which engine to run.</summary>
#if ORLEANS
    public const string Default = "engine: Orleans silo; ";
#else
    public const string Default = "engine: in-process (built without Orleans); ";
#endif
}
