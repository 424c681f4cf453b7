using System.Globalization;
using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.SiloHost.Remote;

/// <summary>An event as a host has written it, read back.</summary>
internal static class RemoteEvent
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="CommandException">It is no event of a source.</exception>
    public static RecordedEvent Read(string stream, int incarnation, ReadOnlyMemory<byte> line)
    {
        try
        {
            var data = CloudEventJson.Read(line);
            var version = long.Parse(data.Metadata[CloudEventNames.Sequence], NumberStyles.None, CultureInfo.InvariantCulture);
            if (!TimeText.TryParse(data.Metadata[CloudEventNames.RecordedTime], out var recorded))
                throw new FormatException("the recorded time is none");
            var body = new byte[EventBody.MaxLength(data)];
            var length = EventBody.Write(data with { Metadata = OfPublisher(data.Metadata) }, recorded.UtcTicks, body);
            return new RecordedEvent(stream, incarnation, version, 0, recorded.UtcDateTime, body.AsMemory(0, length));
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new CommandException($"the host has sent what is no event: {e.Message}");
        }
    }

    private static Dictionary<string, string> OfPublisher(IReadOnlyDictionary<string, string> metadata)
    {
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in metadata.Where(pair => !CloudEventNames.IsGivenByJournal(pair.Key)))
        {
            var bare = name.StartsWith(CloudEventNames.PublisherPrefix, StringComparison.Ordinal) ? name[CloudEventNames.PublisherPrefix.Length..] : name;
            own[CloudEventNames.IsGivenByJournal(bare) ? bare : name] = value;
        }

        return own;
    }
}
