using System.Text;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>What is held in memory of a stream in use. Guarded by the writer's gate; can be dropped, and loaded again, whenever nothing of it is on its way to the disk.</summary>
internal sealed class StreamEntry(string name, HeadState head)
{
    public string Name { get; } = name;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);

    public ulong Key { get; } = KeyOf(name);

    /// <summary>As of the last flush.</summary>
    public HeadState Durable { get; set; } = head;

    /// <summary>As it will be once everything queued is durable.</summary>
    public HeadState Pending { get; set; } = head;

    /// <summary>Records that are queued but not yet durable.</summary>
    public int Queued { get; set; }

    /// <summary>Set while something is being loaded that further appends would outdate: they wait.</summary>
    public bool Loading { get; set; }

    /// <summary>Identities of the newest events; null until an append asks for them.</summary>
    public IdWindow? Ids { get; set; }

    /// <summary>Whether appends are compared with all events that are kept, and not only with the newest.</summary>
    public bool RemembersIds { get; set; }

    /// <summary>Identities of all events; null until an append asks for them, and where they are not remembered.</summary>
    public IdFilter? AllIds { get; set; }

    /// <summary>Whether an append with ids can be checked.</summary>
    public bool KnowsIds => Ids is not null && (!RemembersIds || AllIds is not null);

    /// <summary>The subjects of the newest events; null until an append expects something of a subject.</summary>
    public SubjectWindow? Subjects { get; set; }

    /// <summary>The newest number of each producer asked for so far, with the result it had; sequence 0 for one without.</summary>
    public Dictionary<string, ProducerResult>? Producers { get; set; }

    /// <summary>The stream's postings in the segment of this number, in which it was last written. Not the index: it would be kept in memory after its segment.</summary>
    public (long Segment, PostingList? List) Postings { get; set; }

    public static ulong KeyOf(string stream) => StableHash.Of(Encoding.UTF8.GetBytes(stream));

    public static ulong ProducerKeyOf(ulong stream, string producer) =>
        StableHash.Combine(stream, StableHash.Of(Encoding.UTF8.GetBytes(producer)));
}
