namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Lets go of a read that was cancelled, as standard input does not by itself. Nothing is to be read afterwards.</summary>
internal sealed class InterruptibleStream(Stream inner) : ForwardStream(inner)
{
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(buffer.Span), CancellationToken.None).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    protected override void OnRead(int count)
    {
    }
}
