using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Tests.CloudEvents;

/// <summary>An event that was written is read back as it was, whatever characters and bytes it has.</summary>
public sealed class RoundTripProperties
{
    private static readonly string?[] ContentTypes = [null, "application/json", "application/vnd.x+json; charset=utf-8", "text/plain", "application/octet-stream"];

    [Fact]
    public void Written_to_be_published_and_read() => Check(@event =>
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new CloudEventWriter(buffer);
        writer.Write(@event, "default");
        return Same(@event, CloudEventJson.ReadMessage(buffer.WrittenMemory));
    });

    [Fact]
    [Trait("Requirement", "s.7")]
    public void Recorded_written_and_read() => Check(@event =>
    {
        var body = new byte[EventBody.MaxLength(@event)];
        var recorded = new RecordedEvent("s", 1, 7, 0, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), body.AsMemory(0, EventBody.Write(@event, 0, body)));
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new CloudEventWriter(buffer);
        writer.WriteLine(recorded);
        var line = buffer.WrittenSpan;
        var read = CloudEventJson.Read(buffer.WrittenMemory);
        return line.IndexOf((byte)'\n') == line.Length - 1
            && read.Metadata["sequence"] == "7" && read.Metadata["recordedtime"] == "2026-01-01T00:00:00Z"
            && Same(@event, read with { Metadata = read.Metadata.Where(m => m.Key is not ("sequence" or "recordedtime")).ToDictionary() });
    });

    private static void Check(Func<EventData, bool> holds) =>
        Prop.ForAll<NonEmptyArray<NonNull<string>>, byte[], NonNegativeInt>((texts, bytes, number) =>
        {
            var text = texts.Get.Select(t => string.Concat(t.Get.Where(c => !char.IsSurrogate(c)))).ToList();
            var contentType = ContentTypes[number.Get % ContentTypes.Length];
            return holds(new EventData
            {
                Id = "i" + text[0],
                Source = "s" + text[^1],
                Type = "t" + text[0],
                Subject = number.Get % 3 == 0 ? null : text[^1],
                Time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(number.Get * 12_345L),
                ContentType = contentType ?? (bytes.Length > 0 ? "application/octet-stream" : null),
                SchemaVersion = number.Get % 4,
                Tags = [.. text.Select(t => t.Trim()).Where(t => t.Length > 0)],
                Metadata = text.Select((value, i) => ($"x{i}", value)).ToDictionary(m => m.Item1, m => m.value),
                Data = bytes,
            });
        }).QuickCheckThrowOnFailure();

    private static bool Same(EventData a, EventData b) =>
        (a.Id, a.Source, a.Type, a.Subject, a.Time, a.ContentType, a.SchemaVersion) == (b.Id, b.Source, b.Type, b.Subject, b.Time, b.ContentType, b.SchemaVersion)
        && a.Tags.SequenceEqual(b.Tags) && a.Data.Span.SequenceEqual(b.Data.Span)
        && a.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal).SequenceEqual(b.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal));
}
