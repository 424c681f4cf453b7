namespace Orleans.Persist.Objects;

/// <summary>One stream with a store's objects. It is deleted when a purge has replaced it and its last reader has gone.</summary>
internal sealed class ObjectGeneration(string stream, int number, int incarnation)
{
    private readonly Lock _lock = new();
    private int _readers;
    private bool _retired;

    public string Stream { get; } = stream;

    public int Number { get; } = number;

    public int Incarnation { get; } = incarnation;

    /// <summary>Holds the stream for a reader; false where it has been replaced.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_retired)
                return false;
            _readers++;
            return true;
        }
    }

    /// <summary>Ends a reader's hold. True where the stream is to be deleted now.</summary>
    public bool Leave()
    {
        lock (_lock)
            return --_readers == 0 && _retired;
    }

    /// <summary>Says that the stream has been replaced. True where it is to be deleted now.</summary>
    public bool Retire()
    {
        lock (_lock)
        {
            _retired = true;
            return _readers == 0;
        }
    }
}
