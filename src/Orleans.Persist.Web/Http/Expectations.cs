using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>What a publisher expects (requirement s.1): in headers, or for single aggregates in an extension attribute of their events.</summary>
internal static class Expectations
{
    /// <summary>The extension attribute: the sequence number of the newest event about the event's subject that the publisher has seen. Not stored.</summary>
    public const string Attribute = "expectedversion";

    /// <summary>The same as a header, for a request whose events are all about one subject.</summary>
    public const string SubjectHeader = "Persist-Expected-Version";

    /// <summary>The sequence number of the source's newest event.</summary>
    public const string SourceHeader = "Persist-Expected-Source-Version";

    /// <summary>The producer's name; needs <see cref="SequenceHeader"/>.</summary>
    public const string ProducerHeader = "Persist-Producer";

    /// <summary>The producer's number for the batch.</summary>
    public const string SequenceHeader = "Persist-Sequence";

    /// <summary>Reads what is expected, and takes the extension attribute off the events.</summary>
    /// <exception cref="RequestException">It contradicts itself, or is no number.</exception>
    public static PublishOptions Read(HttpRequest request, EventData[] events)
    {
        var subjects = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < events.Length; i++)
        {
            if (!events[i].Metadata.TryGetValue(Attribute, out var text))
                continue;
            var subject = events[i].Subject ?? throw Bad($"event {i} has '{Attribute}' and no subject whose version that could be.");
            if (!subjects.TryAdd(subject, Number(text, $"'{Attribute}' of event {i}")))
                throw Bad($"event {i} has '{Attribute}', and one before it about the same subject has too; the first one's is enough.");
            events[i] = events[i] with { Metadata = events[i].Metadata.Where(pair => pair.Key != Attribute).ToDictionary(StringComparer.Ordinal) };
        }

        if (Header(request, SubjectHeader) is { } expected)
        {
            var subject = events[0].Subject;
            if (subject is null || events.Any(@event => @event.Subject != subject))
                throw Bad($"the header '{SubjectHeader}' is for events about one subject; use the attribute '{Attribute}' for several.");
            if (!subjects.TryAdd(subject, expected))
                throw Bad($"there are both the header '{SubjectHeader}' and the attribute '{Attribute}'.");
        }

        return new PublishOptions
        {
            Expected = Header(request, SourceHeader) is { } version ? ExpectedVersion.Exactly(version) : ExpectedVersion.Any,
            ExpectedSubjects = [.. subjects.Select(pair => new SubjectVersion(pair.Key, pair.Value))],
            Producer = Producer(request),
        };
    }

    private static ProducerSequence? Producer(HttpRequest request)
    {
        var sequence = Header(request, SequenceHeader);
        string? name = request.Headers[ProducerHeader];
        return (name, sequence) switch
        {
            (null, null) => null,
            (not null, not null) => new ProducerSequence(name, sequence.Value),
            _ => throw Bad($"'{ProducerHeader}' and '{SequenceHeader}' go together."),
        };
    }

    private static long? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values) ? Number(values.ToString(), $"the header '{name}'") : null;

    private static long Number(string text, string what) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad($"{what} is '{Shown.Of(text)}'; it is a sequence number, or 0 for no events.");

    private static RequestException Bad(string detail) => RequestException.Bad(char.ToUpperInvariant(detail[0]) + detail[1..]);
}
