using Orleans.Persist.AzureStorage.Rows;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>What a writer knows of a stream, as of the head's ETag.</summary>
internal sealed class StreamState(HeadRow head, string? etag)
{
    /// <summary>The most producers remembered for one stream.</summary>
    public const int MaxProducers = 4096;

    public HeadRow Head { get; private set; } = head;

    /// <summary>Null where the row is not there yet.</summary>
    public string? Etag { get; private set; } = etag;

    /// <summary>Identities of the newest events; null until an append asks for them.</summary>
    public IdentityWindow? Ids { get; set; }

    /// <summary>The newest number of each producer asked for so far; null for one without.</summary>
    public Dictionary<string, ProducerRow?> Producers { get; } = new(StringComparer.Ordinal);

    /// <summary>The stream has another head by now. Nothing of an earlier incarnation is known of a later one.</summary>
    public void Become(HeadRow head, string? etag)
    {
        if (head.Incarnation != Head.Incarnation)
        {
            Ids = null;
            Producers.Clear();
        }

        (Head, Etag) = (head, etag);
    }
}
