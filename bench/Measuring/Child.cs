using System.Diagnostics;

namespace Orleans.Persist.Bench.Measuring;

/// <summary>This program once more, as a process of its own.</summary>
internal static class Child
{
    public static Process Start(params string[] arguments) => Start(null, arguments);

    public static Process Start((string Name, string Value)? variable, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false };
        if (variable is { } set)
            start.Environment[set.Name] = set.Value;
        return Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
    }
}
