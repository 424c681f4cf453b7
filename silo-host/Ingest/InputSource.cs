using Orleans.Persist.Web.CloudEvents;
namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>A file or standard input, decompressed if it is gzipped (told by its first bytes, not its name).</summary>
internal sealed class InputSource : IAsyncDisposable
{
    private readonly CountingStream _raw;

    private InputSource(string name, CountingStream raw, Stream content, long? length, EventFormat guess)
    {
        Name = name;
        _raw = raw;
        Content = content;
        Length = length;
        Guess = guess;
    }

    /// <summary>The name for messages: the path as it was given, or "standard input".</summary>
    public string Name { get; }

    /// <summary>The decompressed bytes.</summary>
    public Stream Content { get; }

    /// <summary>The size as stored, where it is known.</summary>
    public long? Length { get; }

    /// <summary>How many bytes have been read, as stored.</summary>
    public long BytesRead => _raw.Count;

    /// <summary>The format that name and first bytes speak for.</summary>
    public EventFormat Guess { get; }

    /// <summary>Opens a path, or standard input for <c>-</c>.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="InputException">Its compression is damaged from the start.</exception>
    public static Task<InputSource> OpenAsync(string path, CancellationToken cancellationToken = default) => path == "-"
        ? OpenAsync(new InterruptibleStream(Console.OpenStandardInput()), "standard input", null, cancellationToken)
        : OpenAsync(File.OpenRead(path), path, new FileInfo(path) is { Length: > 0 } info ? info.Length : null, cancellationToken);

    /// <summary>Opens a stream, which is disposed of with the result.</summary>
    public static async Task<InputSource> OpenAsync(Stream stream, string name, long? length = null, CancellationToken cancellationToken = default)
    {
        var raw = new CountingStream(stream);
        try
        {
            var (head, content) = await PeekAsync(raw, 2, cancellationToken);
            if (head.AsSpan().SequenceEqual<byte>([0x1f, 0x8b]))
                content = new GunzipStream(content);
            (head, content) = await PeekAsync(content, 64, cancellationToken);
            return new InputSource(name, raw, content, length, GuessOf(name, head));
        }
        catch (InvalidDataException e)
        {
            await raw.DisposeAsync();
            throw new InputException(name, 1, 0, $"the compressed data is damaged or cut off here ({e.Message})", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();

    private static EventFormat GuessOf(string name, byte[] head)
    {
        var bare = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        switch (Path.GetExtension(bare).ToLowerInvariant())
        {
            case ".csv":
                return EventFormat.Csv;
            case ".xes" or ".xml":
                return EventFormat.Xes;
            case ".json" or ".ndjson" or ".jsonl":
                return EventFormat.CloudEvents;
        }

        var text = head.AsSpan();
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        text = text.TrimStart(" \t\r\n"u8);
        return text.IsEmpty || text[0] is (byte)'{' or (byte)'[' ? EventFormat.CloudEvents
            : text[0] == (byte)'<' ? EventFormat.Xes
            : EventFormat.Csv;
    }

    private static async Task<(byte[] Head, Stream Whole)> PeekAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var head = new byte[count];
        var read = await stream.ReadAtLeastAsync(head, count, throwOnEndOfStream: false, cancellationToken);
        head = head[..read];
        return (head, new PrefixStream(head, stream));
    }
}
