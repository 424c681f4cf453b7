namespace Orleans.Persist.Embedded.Segments;

/// <summary>Finds the records of a stream, or of a producer in a stream, within one segment.</summary>
/// <remarks>A key is a 64-bit hash: whoever follows a posting must check that the record is the one meant.</remarks>
internal interface ISegmentIndex
{
    /// <summary>The postings of a key.</summary>
    PostingRange Find(ulong key);

    /// <summary>Copies postings from <paramref name="index"/> on and returns how many, up to the range's end.</summary>
    int Copy(PostingRange range, int index, Span<Posting> destination);

    /// <summary>The keys and names of the streams that have records in the segment.</summary>
    IEnumerable<KeyValuePair<ulong, string>> Streams();
}
