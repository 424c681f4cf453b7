namespace Orleans.Persist.Bench.Scenarios;
internal static class ReplayChild { public static Task<int> RunAsync(string[] a) => Task.FromResult(0); }
