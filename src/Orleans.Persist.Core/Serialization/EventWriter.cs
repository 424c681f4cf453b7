using System.Buffers;

namespace Orleans.Persist.Serialization;

/// <summary>How events of one CLR type are stored today.</summary>
internal sealed class EventWriter<TEvent>
{
    public required string Name { get; init; }

    public required int SchemaVersion { get; init; }

    public required string? ContentType { get; init; }

    public required Action<TEvent, IBufferWriter<byte>> Encode { get; init; }

    public Func<TEvent, IEnumerable<string>>[] TagRules { get; init; } = [];

    public Func<TEvent, string?>[] SubjectRules { get; init; } = [];

    public bool HasTransform { get; init; }

    public IReadOnlyList<string> Tags(TEvent @event)
    {
        if (TagRules.Length is 0)
            return [];
        var tags = new List<string>();
        foreach (var rule in TagRules)
        {
            foreach (var tag in rule(@event) ?? [])
            {
                if (!tags.Contains(tag))
                    tags.Add(tag);
            }
        }

        return tags;
    }

    public string? Subject(TEvent @event)
    {
        foreach (var rule in SubjectRules)
        {
            if (rule(@event) is { } subject)
                return subject;
        }

        return null;
    }
}
