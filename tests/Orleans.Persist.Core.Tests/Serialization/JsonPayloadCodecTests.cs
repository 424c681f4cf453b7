using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

public sealed class JsonPayloadCodecTests
{
    [Fact]
    public void ByDefault_NamesAreCamelCase_AndFieldsAreNotLost() =>
        Assert.Equal("""{"reason":"moved"}""", Written(new JsonPayloadCodec<Closed>(), new Closed { Reason = "moved" }));

    [Fact]
    public void ASourceGeneratedContract_IsUsedAsItIs()
    {
        var codec = new JsonPayloadCodec<Deposited>(AccountJson.Default.Deposited);
        Assert.Equal("""{"amount":1,"currency":"SEK"}""", Written(codec, new Deposited(1, "SEK")));
        Assert.Equal(new Deposited(1, "SEK"), codec.Read("""{"amount":1,"currency":"SEK"}"""u8));

        var types = EventTypes<IAccountEvent>.Create(types => types.UseCodecs(new JsonPayloadCodecFactory(AccountJson.Default.Options)).Add<Opened>().Add<Deposited>());
        Assert.Equal(new Opened("Ada"), types.Again(new Opened("Ada")));
    }

    [Fact]
    public void TheOptionsOfTheWriter_AreThoseOfTheType_WhoeverWroteBefore()
    {
        var plain = new JsonPayloadCodec<Opened>();
        var relaxed = new JsonPayloadCodec<Opened>(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" });
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("""{"owner":"\u00FC"}""", Written(plain, new Opened("ü")));
            Assert.Equal("{\n  \"Owner\": \"ü\"\n}", Written(relaxed, new Opened("ü")));
        }
    }

    [Fact]
    public void AConverterThatWritesWithACodec_OrThrows_DisturbsNobody()
    {
        var options = new JsonSerializerOptions { Converters = { new Nesting() } };
        var codec = new JsonPayloadCodec<Opened>(options);
        Assert.Equal("\"{\\u0022amount\\u0022:1,\\u0022currency\\u0022:\\u0022a\\u0022}\"", Written(codec, new Opened("a")));
        Assert.Throws<ArithmeticException>(() => Written(codec, new Opened("throw")));
        Assert.Equal("\"{\\u0022amount\\u0022:1,\\u0022currency\\u0022:\\u0022b\\u0022}\"", Written(codec, new Opened("b")));
    }

    private static string Written<T>(JsonPayloadCodec<T> codec, T value)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Write(value, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed class Nesting : JsonConverter<Opened>
    {
        public override Opened Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Opened value, JsonSerializerOptions options) => writer.WriteStringValue(
            value.Owner is "throw" ? throw new ArithmeticException() : Written(new JsonPayloadCodec<Deposited>(), new Deposited(1, value.Owner)));
    }
}
