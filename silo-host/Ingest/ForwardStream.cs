namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>A stream that can only be read, through to another one, with an eye on how much.</summary>
internal abstract class ForwardStream(Stream inner) : ReadOnlyStream
{
    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        OnRead(read);
        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        OnRead(read);
        return read;
    }

    /// <summary>Called after every read.</summary>
    protected abstract void OnRead(int count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
