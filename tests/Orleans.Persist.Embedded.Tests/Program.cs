using Orleans.Persist.Embedded.Tests.Processes;

namespace Orleans.Persist.Embedded.Tests;

/// <summary>The tests' assembly is also the program that <see cref="KilledProcessTests"/> starts and kills.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is not ["persist-until-killed", var path])
            return 2;
        await KilledProcessTests.RunAsync(path);
        return 0;
    }
}
