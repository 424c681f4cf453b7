namespace Orleans.Persist.Processes;

/// <summary>The number of a send among those of its sender: which append caused it, and its place in there (requirement m.5).</summary>
/// <param name="Incarnation">The sender's incarnation.</param>
/// <param name="Version">The version of the event the send was stored with.</param>
/// <param name="Ordinal">Its place among that event's sends, from 0.</param>
public readonly record struct SendNumber(int Incarnation, long Version, int Ordinal) : IComparable<SendNumber>
{
    /// <inheritdoc/>
    public int CompareTo(SendNumber other)
    {
        var byIncarnation = Incarnation.CompareTo(other.Incarnation);
        if (byIncarnation != 0)
            return byIncarnation;
        var byVersion = Version.CompareTo(other.Version);
        return byVersion != 0 ? byVersion : Ordinal.CompareTo(other.Ordinal);
    }

    /// <summary>Whether it comes before another one.</summary>
    public static bool operator <(SendNumber left, SendNumber right) => left.CompareTo(right) < 0;

    /// <summary>Whether it comes after another one.</summary>
    public static bool operator >(SendNumber left, SendNumber right) => left.CompareTo(right) > 0;

    /// <summary>Whether it comes before another one or is the same.</summary>
    public static bool operator <=(SendNumber left, SendNumber right) => left.CompareTo(right) <= 0;

    /// <summary>Whether it comes after another one or is the same.</summary>
    public static bool operator >=(SendNumber left, SendNumber right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Incarnation}.{Version}.{Ordinal}";
}
