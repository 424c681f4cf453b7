namespace Orleans.Persist.SiloHost.Demo;

/// <summary>How a child of the demo tells its parent what happens: one line for each message.</summary>
/// <param name="output">Its standard output.</param>
internal sealed class ChildVoice(TextWriter output)
{
    private readonly Lock _lock = new();

    /// <summary>Tells it now.</summary>
    public void Tell(ChildMessage message)
    {
        lock (_lock)
        {
            output.WriteLine(message.ToLine());
            output.Flush();
        }
    }
}
