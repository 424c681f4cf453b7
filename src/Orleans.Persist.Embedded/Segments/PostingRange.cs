namespace Orleans.Persist.Embedded.Segments;

/// <summary>The postings of one key in one segment, in the order of their records.</summary>
/// <param name="Index">The index they stand in.</param>
/// <param name="Start">Where they begin in a file's index.</param>
/// <param name="Count">How many there are, 0 where the key is not in the segment.</param>
/// <param name="List">The list they stand in, for an index in memory.</param>
internal readonly record struct PostingRange(ISegmentIndex Index, int Start, int Count, PostingList? List = null)
{
    public Posting Last => this[Count - 1];

    public Posting this[int index]
    {
        get
        {
            Span<Posting> one = stackalloc Posting[1];
            Index.Copy(this, index, one);
            return one[0];
        }
    }

    /// <summary>The index of the last posting at or before this one, or -1.</summary>
    public int LastAtOrBefore(Posting posting)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (this[middle].CompareTo(posting) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
