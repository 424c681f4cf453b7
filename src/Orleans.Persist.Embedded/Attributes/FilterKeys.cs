using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The keys that a filter's events can be found under, for one incarnation of a stream.</summary>
internal sealed class FilterKeys(ulong stream, int incarnation, EventFilter filter, bool ownIds)
{
    // A condition this many times less selective than the best one is cheaper checked on the events than looked up.
    private const int WorthIntersecting = 16;
    private readonly IReadOnlyList<ulong[]> _conditions = AttributeKey.Conditions(stream, incarnation, filter, ownIds);

    /// <summary>
    /// Finds the events of a segment that can match, in the order of their places; not all of them need match.
    /// False where there are so many, or no condition can be looked up, that reading all is better.
    /// </summary>
    /// <param name="index">The segment's index.</param>
    /// <param name="worthwhile">The most candidates that are worth it.</param>
    /// <param name="candidates">Takes them.</param>
    public bool TryFind(IAttributeIndex index, long worthwhile, List<AttributePosting> candidates)
    {
        candidates.Clear();
        if (_conditions.Count == 0)
            return false;
        if (_conditions is [[var only]]) // most queries ask for one aggregate
        {
            var postings = index.Find(only);
            if (postings.Count > 0 && postings.Count <= worthwhile)
                index.Copy(postings, candidates);
            return postings.Count <= worthwhile;
        }

        var found = _conditions.Select(keys => Array.ConvertAll(keys, index.Find)).ToList();
        var totals = found.ConvertAll(postings => postings.Sum(p => (long)p.Count));
        var best = totals.IndexOf(totals.Min());
        if (totals[best] == 0)
            return true;
        if (totals[best] > worthwhile)
            return false;
        Union(index, found[best], candidates);
        for (var i = 0; i < found.Count; i++)
        {
            if (i != best && totals[i] <= totals[best] * WorthIntersecting)
                Intersect(index, found[i], candidates);
        }

        return true;
    }

    private static void Union(IAttributeIndex index, AttributePostings[] postings, List<AttributePosting> destination)
    {
        foreach (var found in postings)
        {
            if (found.Count > 0)
                index.Copy(found, destination);
        }

        if (postings.Length == 1)
            return;
        destination.Sort();
        var kept = 0;
        for (var i = 0; i < destination.Count; i++)
        {
            if (i == 0 || destination[i].Place != destination[kept - 1].Place)
                destination[kept++] = destination[i];
        }

        destination.RemoveRange(kept, destination.Count - kept);
    }

    private static void Intersect(IAttributeIndex index, AttributePostings[] postings, List<AttributePosting> candidates)
    {
        var others = new List<AttributePosting>();
        Union(index, postings, others);
        var (kept, other) = (0, 0);
        foreach (var candidate in candidates.ToArray())
        {
            while (other < others.Count && others[other].Place < candidate.Place)
                other++;
            if (other < others.Count && others[other].Place == candidate.Place)
                candidates[kept++] = candidate;
        }

        candidates.RemoveRange(kept, candidates.Count - kept);
    }
}
