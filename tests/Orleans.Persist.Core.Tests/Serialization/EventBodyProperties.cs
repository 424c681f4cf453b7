using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

public sealed class EventBodyProperties
{
    private static readonly Gen<string> Texts =
        from chars in ArbMap.Default.GeneratorFor<char[]>()
        from times in Gen.Choose(1, 8)
        select string.Concat(Enumerable.Repeat(new string([.. chars.Where(c => !char.IsSurrogate(c))]), times));

    private static readonly Gen<ReadOnlyMemory<byte>> Bytes =
        from bytes in ArbMap.Default.GeneratorFor<byte[]>()
        from times in Gen.Choose(1, 20)
        select new ReadOnlyMemory<byte>([.. Enumerable.Repeat(bytes, times).SelectMany(b => b)]);

    private static readonly Gen<EventData> Events =
        from type in Texts
        from texts in Gen.ArrayOf(Texts.OrNull(), 4)
        from time in Gen.Choose(0, 2)
        from schema in Gen.Elements(0, 1, 2, 300, int.MaxValue)
        from tags in Gen.ListOf(Texts)
        from metadata in Gen.ListOf(Texts)
        from data in Bytes
        from kernel in Gen.OneOf(Bytes, Gen.Constant(ReadOnlyMemory<byte>.Empty))
        select new EventData
        {
            Type = "t" + type,
            Id = texts[0],
            Source = texts[1],
            Subject = texts[2],
            ContentType = texts[3],
            Time = time is 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(time),
            SchemaVersion = schema,
            Tags = [.. tags],
            Metadata = metadata.Distinct().ToDictionary(text => text, text => text + "'"),
            Data = data,
            Kernel = kernel,
        };

    [Fact]
    public void Every_attribute_comes_back_and_one_walk_finds_what_many_do() =>
        Prop.ForAll(Events.ToArbitrary(), data =>
        {
            var read = Recorded.Of(data);
            var body = read.Body.Span;
            var payload = EventBody.Data(body, out var type, out var schemaVersion);
            return read.Body.Length <= EventBody.MaxLength(data)
                && read.Type == data.Type
                && read.Subject == data.Subject
                && read.ContentType == data.ContentType
                && read.Id == (data.Id ?? "1-7")
                && read.Source == (data.Source ?? read.Stream)
                && read.Time == (data.Time ?? DateTimeOffset.UnixEpoch)
                && read.SchemaVersion == data.SchemaVersion
                && read.Tags.SequenceEqual(data.Tags)
                && read.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal).SequenceEqual(data.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                && read.Data.Span.SequenceEqual(data.Data.Span)
                && read.Kernel.Span.SequenceEqual(data.Kernel.Span)
                && payload.SequenceEqual(data.Data.Span)
                && type.SequenceEqual(EventBody.Field(body, EventField.Type))
                && schemaVersion == data.SchemaVersion
                && EventIdentity.Of(read) == EventIdentity.Of(read.Stream, data)
                && Recorded.Of(read.ToEventData()).Kernel.Span.SequenceEqual(data.Kernel.Span);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_kernel_bytes_nothing_of_the_layout_changes() =>
        Prop.ForAll(Events.ToArbitrary(), data =>
        {
            var (with, without) = (Recorded.Of(data with { Kernel = new byte[] { 1 } }).Body, Recorded.Of(data with { Kernel = default }).Body);
            return without.Span[0] < 0x80 && with.Span[0] == (without.Span[0] | 0x80) && with.Span[1] is 1 && with.Length == without.Length + 3;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Broken_bytes_are_a_FormatException_or_still_an_event() =>
        Prop.ForAll(Events.ToArbitrary(), ArbMap.Default.ArbFor<(int At, byte Value, int Cut)>(), (data, change) =>
        {
            var body = Recorded.Of(data).Body.ToArray();
            body[Math.Abs(change.At % body.Length)] = change.Value;
            body = body[..(body.Length - (change.Cut is int.MinValue ? 0 : Math.Abs(change.Cut) % (body.Length + 1)))];
            try
            {
                EventBody.Validate(body);
                _ = EventBody.Data(body, out _, out _);
                return true;
            }
            catch (FormatException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0b10)]
    [InlineData(0b1000_0001)]
    public void Further_flags_that_are_not_known_are_refused(byte further)
    {
        var body = Recorded.Of(new EventData { Type = "t", Kernel = new byte[1] }).Body.ToArray();
        body[1] = further;
        Assert.Contains("newer", Assert.Throws<FormatException>(() => EventBody.Validate(body)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => EventBody.Field(body, EventField.Type).Length);
        Assert.Throws<FormatException>(() => EventBody.Data(body, out _, out _).Length);
    }
}
