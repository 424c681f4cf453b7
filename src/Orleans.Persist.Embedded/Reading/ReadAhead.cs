using Orleans.Persist.Embedded.Segments;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Reads and checks the window that will probably be wanted next, on a thread of the pool, while the events of the one before are being used.</summary>
internal sealed class ReadAhead(Segment segment, long offset) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private RecordWindow? _window;
    private bool _taken;

    /// <summary>Begins to read, where there is another processor to do it.</summary>
    public static ReadAhead? Start(Segment segment, long offset)
    {
        if (Environment.ProcessorCount == 1 || offset >= segment.Length)
            return null;
        var ahead = new ReadAhead(segment, offset);
        ThreadPool.UnsafeQueueUserWorkItem(ahead, preferLocal: false);
        return ahead;
    }

    /// <summary>Whether a record at an offset may be in the window.</summary>
    public bool Covers(long wanted) => wanted >= offset && wanted < offset + RecordWindow.Length;

    /// <summary>The window. Where no thread has begun to read it, the caller does: it never waits for a free one.</summary>
    public RecordWindow Take()
    {
        lock (_gate)
        {
            _taken = true;
            return _window ?? RecordWindow.Read(segment, offset, check: true);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            if (_taken || !segment.TryAcquire())
                return;
            try
            {
                _window = RecordWindow.Read(segment, offset, check: true);
            }
            catch (Exception)
            {
                // Whoever wants the window tries again, and is told.
            }
            finally
            {
                segment.Release();
            }
        }
    }
}
