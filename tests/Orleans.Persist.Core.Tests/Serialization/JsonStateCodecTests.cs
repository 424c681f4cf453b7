using System.Buffers;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

public sealed class JsonStateCodecTests
{
    private static JsonStateCodec<Account> Codec { get; } = new JsonStateCodec<Account>("account", 3)
        .UpgradeFrom<OldAccount>(2, old => new Account { Balance = old.Cents / 100m })
        .UpgradeFrom<OldAccount>(1, old => new Account { Balance = old.Cents / 100m }, type: "konto");

    [Fact]
    public void AState_ComesBackWithItsFields()
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Write(new Account { Balance = 4, History = ["a", "b"] }, output);
        var read = Codec.Read(output.WrittenSpan, Codec.Type, Codec.SchemaVersion);
        Assert.Equal((4, "a b"), (read.Balance, string.Join(' ', read.History)));
        Assert.Equal(typeof(Account).FullName, new JsonStateCodec<Account>().Type);
    }

    [Theory]
    [InlineData("account", 3, true)]
    [InlineData("account", 2, true)]
    [InlineData("konto", 1, true)]
    [InlineData("account", 1, false)]
    [InlineData("account", 4, false)]
    [InlineData("konto", 2, false)]
    [InlineData("other", 3, false)]
    public void OnlyTheCurrentVersionAndThoseWithAnUpgrade_AreRead(string type, int schemaVersion, bool readable)
    {
        Assert.Equal(readable, Codec.CanRead(type, schemaVersion));
        if (readable)
            Assert.Equal(schemaVersion is 3 ? 0 : 1.5m, Codec.Read("""{"cents":150}"""u8, type, schemaVersion).Balance);
        else
            Assert.Contains("'account' 2, 'account' 3, 'konto' 1", Assert.Throws<FormatException>(() => Codec.Read("{}"u8, type, schemaVersion)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesThatAreNoSuchState_AreAFormatException()
    {
        Assert.Contains("'account'", Assert.Throws<FormatException>(() => Codec.Read("{"u8, "account", 3)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Codec.Read("null"u8, "account", 3));
        Assert.Throws<FormatException>(() => new JsonStateCodec<Account>("a", 2).UpgradeFrom<OldAccount>(1, _ => throw new ArithmeticException()).Read("{}"u8, "a", 1));
    }

    [Fact]
    public void AnUpgrade_LeavesTheCodecItWasAddedToAsItIs_AndCannotBeAddedTwice()
    {
        var plain = new JsonStateCodec<Account>("account", 3);
        Assert.True(plain.UpgradeFrom<OldAccount>(2, _ => new Account()).CanRead("account", 2));
        Assert.False(plain.CanRead("account", 2));
        Assert.Throws<ArgumentException>(() => Codec.UpgradeFrom<OldAccount>(2, _ => new Account()));
        Assert.Throws<ArgumentException>(() => Codec.UpgradeFrom<OldAccount>(3, _ => new Account()));
    }

    private sealed class Account
    {
        public decimal Balance { get; set; }

        public List<string> History = [];
    }

    private sealed record OldAccount(int Cents);
}
