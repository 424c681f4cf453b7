using System.Net;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>A body that begins and does not end until it is told to.</summary>
internal sealed class OpenContent(byte[] begin) : HttpContent
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void End() => _end.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(begin);
        await stream.FlushAsync();
        await _end.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
