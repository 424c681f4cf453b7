using System.Buffers;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>To the journal: transform, tag, subject. From the journal: migrate, rename, drop.</summary>
[Trait("Requirement", "p.12")]
public sealed class EventAdapterTests
{
    [Fact]
    public void AnOldEvent_BecomesNoneOneOrSeveral()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Deposited>()
            .AddOld<OldTransfer>("transfer", 1, (old, recorded) => old.Cents.Select(cents => new Deposited(cents / 100m, $"{recorded.Stream}#{recorded.Version}"))));

        Assert.Empty(types.Read(Recorded.Json("transfer", """{"cents":[]}""")));
        Assert.Equal([new Deposited(1, "accounts/1#7")], types.Read(Recorded.Json("transfer", """{"cents":[100]}""")));
        Assert.Equal(
            [new Deposited(1, "accounts/1#7"), new Deposited(0.5m, "accounts/1#7"), new Deposited(3, "accounts/1#7")],
            types.Read(Recorded.Json("transfer", """{"cents":[100,50,300]}""")));
        Assert.False(types.TryReadOne(Recorded.Json("transfer", """{"cents":[100]}"""), out var none));
        Assert.Null(none);
    }

    [Fact]
    public void AMigrationThatThrowsOrGivesNull_NamesTheEventAndAddsNothing()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Deposited>()
            .AddOld<OldTransfer>("throws", 1, (_, _) => Throwing())
            .AddOld<OldTransfer>("null", 1, (_, _) => null!)
            .AddOld<OldTransfer>("nulls", 1, (_, _) => [new Deposited(1), null!]));
        List<IAccountEvent> into = [new Opened("before")];
        foreach (var name in new[] { "throws", "null", "nulls" })
        {
            var error = Assert.Throws<EventPayloadException>(() => types.FromJournal(Recorded.Json(name, """{"cents":[]}"""), into));
            Assert.Equal((name, "accounts/1", 7), (error.Type, error.Stream, error.Version));
            Assert.Equal([new Opened("before")], into);
        }

        static IEnumerable<IAccountEvent> Throwing()
        {
            yield return new Deposited(1);
            throw new ArithmeticException("too much");
        }
    }

    [Fact]
    public void RenamedTypes_AreReadUnderEveryNameTheyEverHad_AndWrittenUnderTheNewest()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Opened>("v3").Rename("v1", "v2").Rename("v2", "v3"));

        Assert.All(new[] { "v1", "v2", "v3" }, name => Assert.Equal([new Opened("Ada")], types.Read(Recorded.Json(name, """{"owner":"Ada"}"""))));
        Assert.True(types.TryReadOne(Recorded.Json("v1", """{"owner":"Ada"}"""), out _));
        Assert.Equal("v3", types.Stored(new Opened("Ada")).Type);
    }

    [Fact]
    public void DroppedTypes_AreNoEvents_WhateverIsInThem()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Opened>().Drop("debugged").Rename("traced", "debugged"));

        Assert.Empty(types.Read(Recorded.Json("debugged", "no JSON", schemaVersion: 9)));
        Assert.Empty(types.Read(Recorded.Json("traced", "")));
    }

    [Fact]
    [Trait("Requirement", "p.13")]
    public async Task TagsAndSubject_AreStored_AndFoundByTheJournal()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types
            .Add<Opened>().Add<Deposited>().Add<Closed>()
            .Tag<Deposited>(deposited => deposited.Amount >= 100 ? ["large", "money"] : ["money"])
            .Tag<IAccountEvent>(@event => [@event.GetType().Name, "money"])
            .Tag<Closed>(_ => null!)
            .Subject<Deposited>(deposited => deposited.Amount > 100 ? deposited.Currency : null)
            .Subject<IAccountEvent>(_ => "account"));
        await using var journal = new MemoryJournal();
        var buffer = new ArrayBufferWriter<byte>();
        IAccountEvent[] events = [new Opened("Ada"), new Deposited(100), new Deposited(5), new Deposited(200)];
        await journal.AppendAsync("accounts/1", ExpectedVersion.NoStream, events.Select(@event => types.ToJournal(@event, default, buffer)).ToArray());

        Assert.Equal([2L, 4L], await Versions(new EventFilter { Tags = ["large"] }));
        Assert.Equal([1L], await Versions(new EventFilter { Tags = [nameof(Opened)] }));
        Assert.Equal([4L], await Versions(new EventFilter { Subjects = ["EUR"] }));
        Assert.Equal([1L, 2L, 3L], await Versions(new EventFilter { Subjects = ["account"] }));
        Assert.Equal(["large", "money", nameof(Deposited)], types.Stored(events[1]).Tags);

        async Task<List<long>> Versions(EventFilter filter) =>
            await journal.ReadAsync("accounts/1", ReadRequest.All with { Filter = filter }).Select(@event => @event.Version).ToListAsync();
    }

    [Fact]
    public void Transforms_AreAppliedInOrder_AndTheEventThatIsStoredIsGivenBack()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types
            .Add<Opened>().Add<Renamed>()
            .Transform<Audited>(audited => new Renamed(audited.By)) // not registered itself: it never reaches the journal
            .Transform<Renamed>(renamed => renamed with { Name = renamed.Name + "!" })
            .Tag<Renamed>(renamed => [renamed.Name]));

        var data = types.ToJournal(new Audited("eve", "secret"), default, new ArrayBufferWriter<byte>(), out var stored);

        Assert.Equal(new Renamed("eve!"), stored);
        Assert.Equal(["eve!"], data.Tags);
        Assert.Equal([stored], types.Read(Recorded.Of(data)));
        Assert.Equal(new Renamed("x!"), types.Again(new Renamed("x")));
        types.ToJournal(new Opened("as it is"), default, new ArrayBufferWriter<byte>(), out stored);
        Assert.Equal(new Opened("as it is"), stored);
    }

    [Fact]
    public void ATransformThatGivesNull_IsAnError()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Opened>().Transform<Opened>(_ => null!));
        Assert.Contains(nameof(Opened), Assert.Throws<InvalidOperationException>(() => types.Stored(new Opened("a"))).Message, StringComparison.Ordinal);
    }
}
