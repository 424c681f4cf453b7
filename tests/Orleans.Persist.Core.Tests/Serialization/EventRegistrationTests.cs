using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>A registry that contradicts itself is refused when it is made.</summary>
public sealed class EventRegistrationTests
{
    [Fact]
    public void ANameAndSchemaVersionTwice_NamesBothTypes() =>
        Refused(types => types.Add<Opened>("a").Add<Renamed>("a"), "'a'", "schema version 1", nameof(Opened), nameof(Renamed));

    [Fact]
    public void AnOldTypeUnderTodaysNameAndVersion_IsRefused() =>
        Refused(types => types.Add<Opened>("a", 2).AddOld<OldDeposited>("a", 2, (_, _) => []), "'a'", "schema version 2");

    [Fact]
    public void ATypeUnderTwoNames_SaysToRename() => Refused(types => types.Add<Opened>("a").Add<Opened>("b"), "'a', 'b'", "Rename");

    [Fact]
    public void ANameThatIsRegisteredAndDropped_IsRefused() => Refused(types => types.Add<Opened>("a").Drop("a"), "'a'", "dropped");

    [Fact]
    public void ANameThatIsRegisteredAndRenamed_IsRefused() => Refused(types => types.Add<Opened>("a").Add<Renamed>("b").Rename("a", "b"), "'a'", "renamed");

    [Fact]
    public void ANameRenamedTwice_IsRefused() => Refused(types => types.Add<Opened>("a").Add<Renamed>("b").Rename("x", "b").Rename("x", "a"), "'x'", "twice");

    [Fact]
    public void ANameRenamedToNothing_IsRefused() => Refused(types => types.Add<Opened>("a").Rename("x", "y"), "'x'", "'y'", "not registered");

    [Fact]
    public void NamesRenamedInACircle_AreRefused() => Refused(types => types.Add<Opened>("a").Rename("x", "y").Rename("y", "x"), "circle");

    [Fact]
    public void ARuleForATypeThatIsNotAdded_IsRefused()
    {
        Refused(types => types.Add<Opened>("a").Tag<Renamed>(_ => []), "Tag", nameof(Renamed));
        Refused(types => types.Add<Opened>("a").Subject<Renamed>(_ => null), "Subject", nameof(Renamed));
    }

    [Fact]
    public void AGenericTypeWithoutAName_IsRefused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => EventTypes<object>.Create(types => types.Add<List<int>>()));
        Assert.Contains("name of its own", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyNameOrANegativeSchemaVersion_IsRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => EventTypes<IAccountEvent>.Create(types => types.Add<Opened>("")));
        Assert.ThrowsAny<ArgumentException>(() => EventTypes<IAccountEvent>.Create(types => types.Add<Opened>("a", -1)));
    }

    [Fact]
    public void ATypeThatTheSourceGeneratedContextLacks_IsRefusedAtOnce()
    {
        var error = Assert.Throws<NotSupportedException>(() => EventTypes<IAccountEvent>.Create(
            types => types.UseCodecs(new JsonPayloadCodecFactory(AccountJson.Default.Options)).Add<Opened>().Add<Closed>()));
        Assert.Contains(nameof(Closed), error.Message, StringComparison.Ordinal);
    }

    private static void Refused(Action<EventTypesBuilder<IAccountEvent>> configure, params string[] told)
    {
        var error = Assert.Throws<InvalidOperationException>(() => EventTypes<IAccountEvent>.Create(configure));
        Assert.All(told, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }
}
