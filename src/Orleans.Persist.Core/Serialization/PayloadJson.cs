using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orleans.Persist.Serialization;

/// <summary>What the JSON codecs have in common: their default options, and a writer that each thread keeps.</summary>
internal static class PayloadJson
{
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    [ThreadStatic]
    private static JsonSerializerOptions? _writerOptions;

    /// <summary>The web defaults, with fields: System.Text.Json leaves them out without a word.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { IncludeFields = true };

    public static void Write<T>(T value, JsonTypeInfo<T> type, IBufferWriter<byte> output)
    {
        // Taken while it is used: a converter may come back here on the same thread.
        var writer = ReferenceEquals(_writerOptions, type.Options) ? _writer : null;
        _writer = null;
        if (writer is null)
            writer = new Utf8JsonWriter(output, OptionsOf(type.Options));
        else
            writer.Reset(output);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        writer.Reset(NoOutput.Instance);
        (_writer, _writerOptions) = (writer, type.Options);
    }

    private static JsonWriterOptions OptionsOf(JsonSerializerOptions options) => new()
    {
        Encoder = options.Encoder,
        Indented = options.WriteIndented,
        IndentCharacter = options.IndentCharacter,
        IndentSize = options.IndentSize,
        NewLine = options.NewLine,
        MaxDepth = options.MaxDepth is 0 ? 64 : options.MaxDepth,
        SkipValidation = true, // as in System.Text.Json's own paths
    };

    /// <summary>Where a writer at rest points, lest it keeps its last buffer alive.</summary>
    private sealed class NoOutput : IBufferWriter<byte>
    {
        public static readonly NoOutput Instance = new();

        public void Advance(int count) => throw new NotSupportedException();

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();
    }
}
