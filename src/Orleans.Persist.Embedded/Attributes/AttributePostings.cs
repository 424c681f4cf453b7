namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The postings of one key in one segment: how many, and where to get them.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Start">Where they stand in the index they were found in.</param>
/// <param name="Single">The posting, where there is one and it stands with its key.</param>
/// <param name="Few">The postings, where they are few and stand on the page of their key.</param>
internal readonly record struct AttributePostings(int Count, int Start, AttributePosting Single = default, AttributePosting[]? Few = null);
