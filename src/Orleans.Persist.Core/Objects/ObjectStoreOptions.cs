namespace Orleans.Persist.Objects;

/// <summary>What kind of object store it is.</summary>
/// <typeparam name="T">The type of the objects.</typeparam>
public sealed class ObjectStoreOptions<T>
{
    /// <summary>Whether the store holds the last export only (requirement g.4.1), or the sum of all (g.4.2). Default false. Fixed when the store is created.</summary>
    public bool Snapshot { get; set; }

    /// <summary>The time of an object, for chronological order, ranges and retention (requirements g.4.3, g.4.4, g.5.1). Whether there is one is fixed when the store is created. Called off the caller's thread.</summary>
    public Func<T, DateTimeOffset>? Timestamp { get; set; }

    /// <summary>How long objects are kept by a purge; above 0. Null: purging fails (requirement g.5.0). May change from opening to opening.</summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>How objects become bytes. Default JSON.</summary>
    public IObjectSerializer<T> Serializer { get; set; } = new JsonObjectSerializer<T>();

    /// <summary>How many exports and purges may run or wait at a time; one more is refused with <see cref="ObjectStoreBusyException"/>. Above 0. Default 1,000.</summary>
    public int QueueCapacity { get; set; } = 1_000;

    /// <summary>Throws where the options contradict themselves.</summary>
    internal void Validate(string name)
    {
        if (Serializer is null)
            throw new ArgumentException($"{nameof(Serializer)} of object store '{name}' is null.");
        if (QueueCapacity <= 0)
            throw new ArgumentException($"{nameof(QueueCapacity)} of object store '{name}' must be above 0; it is {QueueCapacity}.");
        if (Retention <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(Retention)} of object store '{name}' must be above 0; it is {Retention}.");
        if (Retention is not null && !Snapshot && Timestamp is null)
            throw new ArgumentException($"{nameof(Retention)} of object store '{name}' needs a {nameof(Timestamp)}.");
    }
}
