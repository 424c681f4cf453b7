namespace Orleans.Persist.Embedded.Attributes;

/// <summary>Finds the events of one segment by their attributes.</summary>
internal interface IAttributeIndex
{
    /// <summary>Whether every stream of users is in it; else those with few events in the segment are not.</summary>
    bool IsComplete { get; }

    /// <summary>What the segment holds of a stream's incarnation, or null where that is not indexed.</summary>
    StreamAttributes? Find(ulong stream, int incarnation);

    /// <summary>The postings of a key.</summary>
    AttributePostings Find(ulong key);

    /// <summary>The head of the long record at an offset, or one with offset 0 where the record is short. May be called while the index grows.</summary>
    RecordHead FindHead(uint offset);

    /// <summary>Adds the postings found, in the order of their places.</summary>
    void Copy(AttributePostings postings, List<AttributePosting> destination);
}
