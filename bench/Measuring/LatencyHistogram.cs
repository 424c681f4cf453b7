using System.Numerics;

namespace Orleans.Persist.Bench.Measuring;

/// <summary>Counts durations in buckets of about 3 %: 32 for each power of two of nanoseconds.</summary>
/// <remarks>Each thread counts for itself: counting must not cost what is measured.</remarks>
internal sealed class LatencyHistogram : IDisposable
{
    private const int SubBuckets = 32;
    private readonly ThreadLocal<long[]> _counts = new(() => new long[64 * SubBuckets], trackAllValues: true);

    public void Add(long nanoseconds) => _counts.Value![Bucket(Math.Max(1, nanoseconds))]++;

    /// <summary>The duration, in microseconds, that this share of those counted did not exceed.</summary>
    public double Microseconds(double share)
    {
        var threads = _counts.Values;
        var left = (long)Math.Ceiling(threads.Sum(counts => counts.Sum()) * share);
        for (var i = 0; i < 64 * SubBuckets; i++)
        {
            left -= threads.Sum(counts => counts[i]);
            if (left <= 0)
                return Upper(i) / 1000;
        }

        return 0;
    }

    public void Dispose() => _counts.Dispose();

    private static int Bucket(long value)
    {
        var power = BitOperations.Log2((ulong)value);
        return (power * SubBuckets) + (int)(power < 5 ? 0 : (value >> (power - 5)) & (SubBuckets - 1));
    }

    private static double Upper(int bucket)
    {
        var (power, sub) = Math.DivRem(bucket, SubBuckets);
        return Math.Pow(2, power) * (1 + ((sub + 1) / (double)SubBuckets));
    }
}
