using Orleans.Persist.Serialization;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.SiloHost.Copy;

/// <summary>Compares snapshots by what they hold.</summary>
internal sealed class SnapshotContent : IEqualityComparer<Snapshot>
{
    public static SnapshotContent Comparer { get; } = new();

    public bool Equals(Snapshot? x, Snapshot? y) =>
        x is not null && y is not null && x with { Data = default } == y with { Data = default } && x.Data.Span.SequenceEqual(y.Data.Span);

    public int GetHashCode(Snapshot snapshot) => HashCode.Combine(snapshot.Version, Crc32C.Of(snapshot.Data.Span));
}
