namespace Orleans.Persist.Scopes;

/// <summary>A key in memory, with its value or with the memory of one that has expired.</summary>
internal struct ScopeSlot
{
    /// <summary>The location. Null: the slot is free.</summary>
    public byte[]? Location;

    /// <summary>The value, in an array of its own that never changes, so that it can be freed without anything being allocated or copied. Null: it has expired, and only the key is remembered.</summary>
    public byte[]? Value;

    /// <summary>When it expires, in milliseconds since 1970 (UTC).</summary>
    public long Expires;

    /// <summary>The version, in the partition's stream, of the event in which it stands.</summary>
    public long Version;

    public int Hash;

    /// <summary>The next slot of the same bucket, or of the free ones; -1 at the end.</summary>
    public int Next;

    /// <summary>The next slot of the same tick; -1 at the end.</summary>
    public int NextDue;

    /// <summary>The slot before it of the same tick; for the first one the complement of the tick's place in the wheel.</summary>
    public int PreviousDue;

    /// <summary>The level of the wheel at which it stands.</summary>
    public byte Level;

    /// <summary>Whether the value was freed and only the key is remembered.</summary>
    public readonly bool Expired => Value is null;
}
