using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>One name through its schema versions.</summary>
[Trait("Requirement", "p.12")]
public sealed class SchemaVersionTests
{
    [Fact]
    public void AnOlderVersionWithAMigration_IsMigrated_AndTodaysIsRead()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Deposited>("deposited", 2)
            .AddOld<OldDeposited>("deposited", 1, (old, _) => [new Deposited(old.Cents / 100m)]));

        Assert.Equal([new Deposited(1.5m)], types.Read(Recorded.Json("deposited", """{"cents":150}""")));
        Assert.Equal([new Deposited(1.5m, "SEK")], types.Read(Recorded.Json("deposited", """{"amount":1.5,"currency":"SEK"}""", schemaVersion: 2)));
    }

    [Fact]
    public void ANewerVersion_IsAnErrorThatSaysSo()
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add<Deposited>("deposited", 2));
        var recorded = Recorded.Json("deposited", """{"amount":1}""", schemaVersion: 3);

        var error = Assert.Throws<UnsupportedSchemaVersionException>(() => types.Read(recorded));

        Assert.Equal(("accounts/1", 7, "deposited", 3), (error.Stream, error.Version, error.Type, error.SchemaVersion));
        Assert.Contains("newest that is registered is 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<UnsupportedSchemaVersionException>(() => types.TryReadOne(recorded, out _));
    }

    [Fact]
    public void OlderVersions_AreReadAsTheyAreByJson_ButNotByOtherCodecs()
    {
        var json = EventTypes<IAccountEvent>.Create(types => types.Add<Deposited>("deposited", 3));
        Assert.Equal([new Deposited(4)], json.Read(Recorded.Json("deposited", """{"amount":4,"gone":true}""", schemaVersion: 0)));

        var binary = EventTypes<IAccountEvent>.Create(types => types.Add("deposited", 3, new BinaryDeposits()));
        var old = Recorded.Of(binary.Stored(new Deposited(4)) with { SchemaVersion = 2 });
        Assert.Contains("AddOld", Assert.Throws<UnsupportedSchemaVersionException>(() => binary.Read(old)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void OlderVersions_AreReadAsTheyAre_BackToTheOneTheRegistrationNames(int schemaVersion, bool readable)
    {
        var types = EventTypes<IAccountEvent>.Create(types => types.Add("deposited", 3, new BinaryDeposits(), compatibleSince: 2));
        var recorded = Recorded.Of(types.Stored(new Deposited(4)) with { SchemaVersion = schemaVersion });
        if (readable)
            Assert.Equal([new Deposited(4)], types.Read(recorded));
        else
            Assert.Throws<UnsupportedSchemaVersionException>(() => types.Read(recorded));
    }

    [Fact]
    public void AnotherCodec_IsANewSchemaVersion_AndTheOldBytesAreReadByTheOldCodec()
    {
        var before = EventTypes<IAccountEvent>.Create(types => types.Add<Deposited>("deposited"));
        var after = EventTypes<IAccountEvent>.Create(types => types.Add("deposited", 2, new BinaryDeposits())
            .AddOld<Deposited>("deposited", 1, (old, _) => [old]));

        Assert.Equal([new Deposited(2.5m)], after.Read(Recorded.Of(before.Stored(new Deposited(2.5m)))));
        Assert.Equal(new Deposited(2.5m), after.Again(new Deposited(2.5m)));
        Assert.Equal(8, after.Stored(new Deposited(2.5m)).Data.Length);
        Assert.Null(after.Stored(new Deposited(2.5m)).ContentType);
    }
}
