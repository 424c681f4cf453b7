namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Commits that are fetched with one request: one by its key, or several near each other as a range, with what lies between.</summary>
/// <param name="Wanted">The last versions of those wanted, in the read's order.</param>
/// <param name="Bytes">What they and those between take, as estimated.</param>
internal sealed record CommitGroup(IReadOnlyList<long> Wanted, double Bytes)
{
    // A request costs about as much as so many rows, or so many bytes, too many. So a read by the index makes at most ten where reading all makes one.
    private const int NearCommits = 100;
    private const int NearBytes = 256 << 10;
    private const int MostCommits = 1000;
    private const int MostBytes = 6 << 20;

    public long Lowest => Math.Min(Wanted[0], Wanted[^1]);

    public long Highest => Math.Max(Wanted[0], Wanted[^1]);

    /// <summary>Divides candidates into groups.</summary>
    /// <param name="candidates">The candidates, in order or in reverse.</param>
    /// <param name="limit">How many are likely to be wanted: the first group has no more, later ones may.</param>
    public static IEnumerable<CommitGroup> Divide(IEnumerable<Candidate> candidates, long limit)
    {
        var (wanted, commits, bytes, most) = (new List<long>(), 0.0, 0.0, Math.Clamp(limit, 1, MostCommits));
        foreach (var (last, versions, size) in candidates)
        {
            var step = wanted.Count == 0 ? 1 : Math.Max(1, Math.Abs(last - wanted[^1]) / versions);
            var isNear = step <= NearCommits && (step - 1) * size <= NearBytes;
            if (wanted.Count > 0 && (!isNear || wanted.Count >= most || commits + step > MostCommits || bytes + (step * size) > MostBytes))
            {
                yield return new CommitGroup(wanted, bytes);
                (wanted, commits, bytes, most, step) = ([], 0, 0, Math.Min(MostCommits, most * 2), 1);
            }

            wanted.Add(last);
            commits += step;
            bytes += step * size;
        }

        if (wanted.Count > 0)
            yield return new CommitGroup(wanted, bytes);
    }
}
