namespace Orleans.Persist.Bench.Measuring;

/// <summary>What is quoted of several runs.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Round(double value, int digits = 2) => Math.Round(value, digits);
}
