using System.Buffers;
using System.Text;
using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

public sealed class EventTypesTests
{
    [Fact]
    public void Default_TypesWithAttributes_AreFoundUnderTheirNames()
    {
        var types = EventTypes<IAccountEvent>.Default;

        Assert.Equal([typeof(Closed).FullName!, "deposited", "opened", "renamed"], types.Names);
        Assert.Equal(new Opened("Ada"), types.Again(new Opened("Ada")));
        Assert.Equal(new Closed { Reason = "moved" }, types.Again(new Closed { Reason = "moved" }));
        Assert.Equal(2, types.Stored(new Deposited(3)).SchemaVersion);
    }

    [Fact]
    public void Default_AConcreteType_IsItsOwnEvent()
    {
        Assert.Equal([typeof(Opened).FullName!], EventTypes<Opened>.Default.Names);
        Assert.Equal(new Opened("Ada"), EventTypes<Opened>.Default.Again(new Opened("Ada")));
        Assert.Equal((1, 2), EventTypes<(int, int)>.Create(types => types.Add<(int, int)>("pair")).Again((1, 2)));
    }

    [Fact]
    public void Default_ATypeWithoutEvents_SaysWhatToDo()
    {
        var error = Assert.Throws<InvalidOperationException>(() => EventTypes<IDisposable>.Default);
        Assert.Contains("EventTypes.Create", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToJournal_AnEvent_CarriesItsTypesNameAndTheStamp()
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("before"u8);
        var stamp = new EventStamp
        {
            Time = DateTimeOffset.UnixEpoch.AddTicks(1),
            Id = "id",
            Source = "source",
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
            Kernel = new byte[] { 1, 2 },
        };

        var data = EventTypes<IAccountEvent>.Default.ToJournal(new Deposited(1.5m), stamp, buffer);

        Assert.Equal(("deposited", 2, "application/json"), (data.Type, data.SchemaVersion, data.ContentType));
        Assert.Equal("""{"amount":1.5,"currency":"EUR"}""", Encoding.UTF8.GetString(data.Data.Span));
        Assert.Equal((stamp.Time, stamp.Id, stamp.Source, stamp.Metadata), (data.Time!.Value, data.Id!, data.Source!, data.Metadata));
        Assert.Equal([1, 2], data.Kernel.ToArray());
        Assert.Null(data.Subject);
        Assert.Empty(data.Tags);
        Assert.Equal("before", Encoding.UTF8.GetString(buffer.WrittenSpan[..6]));
    }

    [Fact]
    public void ToJournal_ManyEventsIntoOneBuffer_EachKeepsItsBytes()
    {
        var types = EventTypes<IAccountEvent>.Default;
        var buffer = new ArrayBufferWriter<byte>(16);
        var events = Enumerable.Range(1, 500).Select(i => new Deposited(i)).ToList();

        var stored = events.Select(@event => types.ToJournal(@event, default, buffer)).ToList();

        Assert.Equal(events, stored.Select(data => Assert.Single(types.Read(Recorded.Of(data)))));
    }

    [Fact]
    public void ToJournal_ATypeThatIsNotRegistered_SaysWhatIs()
    {
        var error = Assert.Throws<ArgumentException>(() => EventTypes<IAccountEvent>.Default.Stored(new Audited("a", "b")));
        Assert.Contains(typeof(Audited).FullName!, error.Message, StringComparison.Ordinal);
        Assert.Contains("Opened ('opened')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "p.12")]
    public void FromJournal_ATypeThatNobodyRegistered_NamesPlaceTypeAndWhatIsRegistered()
    {
        var recorded = Recorded.Json("unheard", "{}", version: 12);

        var error = Assert.Throws<UnknownEventTypeException>(() => EventTypes<IAccountEvent>.Default.Read(recorded));

        Assert.Equal(("accounts/1", 12, "unheard"), (error.Stream, error.Version, error.Type));
        foreach (var told in new[] { "'accounts/1', version 12", "'unheard'", "'opened'", "'deposited'", "AddOld" })
            Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Throws<UnknownEventTypeException>(() => EventTypes<IAccountEvent>.Default.TryReadOne(recorded, out _));
        Assert.IsAssignableFrom<JournalException>(error);
    }

    [Theory]
    [InlineData("""{"amount":""")]
    [InlineData("""{"amount":"much"}""")]
    [InlineData("null")]
    [InlineData("")]
    [Trait("Requirement", "p.12")]
    public void FromJournal_APayloadThatDoesNotParse_NamesPlaceTypeAndCause(string payload)
    {
        var recorded = Recorded.Json("deposited", payload, schemaVersion: 2);

        var error = Assert.Throws<EventPayloadException>(() => EventTypes<IAccountEvent>.Default.Read(recorded));

        Assert.Equal(("accounts/1", 7, "deposited", 2), (error.Stream, error.Version, error.Type, error.SchemaVersion));
        Assert.IsType<JsonException>(error.InnerException);
        Assert.Contains(error.InnerException.Message, error.Message, StringComparison.Ordinal);
        Assert.Throws<EventPayloadException>(() => EventTypes<IAccountEvent>.Default.TryReadOne(recorded, out _));
    }

    [Fact]
    public void FromJournal_AnEventWhoseOwnLayoutIsBroken_IsAnErrorToo()
    {
        var body = Recorded.Json("deposited", "{}").Body.ToArray();
        body[9] = 200;
        var broken = new RecordedEvent("s", 1, 3, 0, DateTime.UnixEpoch, body);
        Assert.Equal(3, Assert.Throws<EventPayloadException>(() => EventTypes<IAccountEvent>.Default.Read(broken)).Version);
    }

    [Fact]
    public void TryReadOne_AnEvent_AllocatesNothingButTheEvent()
    {
        var same = new Same();
        var types = EventTypes<IAccountEvent>.Create(types => types.Add("audited", 3, same));
        var recorded = Recorded.Of(types.Stored(same.Event) with { Subject = "s", Tags = ["a", "b"], Kernel = new byte[10] });
        Assert.True(types.TryReadOne(recorded, out var read));
        Assert.Same(same.Event, read);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            types.TryReadOne(recorded, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task ToJournalAndFromJournal_OnManyThreads_GiveWhatOneThreadGives()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types
            .Add<Opened>()
            .Add<Deposited>("d", 1, new JsonPayloadCodec<Deposited>(AccountJson.Default.Deposited)));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                Assert.Equal(new Opened($"{thread}.{i}"), types.Again(new Opened($"{thread}.{i}")));
                Assert.Equal(new Deposited(i), types.Again(new Deposited(i)));
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private sealed class Same : IPayloadCodec<Audited>
    {
        public Audited Event { get; } = new("by", "secret");

        public string? ContentType => "application/octet-stream";

        public void Write(Audited value, IBufferWriter<byte> output) => output.Write("same"u8);

        public Audited Read(ReadOnlySpan<byte> data) => data.SequenceEqual("same"u8) ? Event : throw new FormatException();
    }
}
