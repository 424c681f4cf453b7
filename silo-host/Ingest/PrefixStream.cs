namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Bytes that were read ahead, and then the stream they came from.</summary>
internal sealed class PrefixStream(byte[] prefix, Stream rest) : ForwardStream(rest)
{
    private int _at;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => _at < prefix.Length ? Take(buffer) : base.Read(buffer);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _at < prefix.Length ? new(Take(buffer.Span)) : base.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    protected override void OnRead(int count)
    {
    }

    private int Take(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, prefix.Length - _at);
        prefix.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }
}
