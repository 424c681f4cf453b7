using System.Buffers;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Scopes;

/// <summary>What happened to a key, as it stands in the journal; an event holds one or more, one behind the other.</summary>
/// <remarks>
/// A byte for <see cref="Kind"/>, the location's length (varint), the location; for a save and an expiry the time of expiry in milliseconds
/// since 1970 (varint); for a save the value's length (varint) and the value. Stored: it must not change without a new schema version.
/// </remarks>
internal readonly ref struct ScopeRecord
{
    /// <summary>What happened.</summary>
    public enum What : byte
    {
        /// <summary>A value was saved.</summary>
        Save = 1,

        /// <summary>The key was deleted.</summary>
        Delete = 2,

        /// <summary>The value has expired, and was dropped from the log; the key is still remembered.</summary>
        Expiry = 3,
    }

    private ScopeRecord(What kind, ReadOnlySpan<byte> location, long expires, ReadOnlySpan<byte> value)
    {
        Kind = kind;
        Location = location;
        Expires = expires;
        Value = value;
    }

    public What Kind { get; }

    public ReadOnlySpan<byte> Location { get; }

    public long Expires { get; }

    public ReadOnlySpan<byte> Value { get; }

    public static int LengthOf(in ScopeSlot slot)
    {
        var (location, value) = (slot.Location!.Length, slot.Value?.Length ?? 0);
        return 1 + Varint.Length((ulong)location) + location + Varint.Length((ulong)slot.Expires)
            + (slot.Expired ? 0 : Varint.Length((ulong)value) + value);
    }

    /// <summary>Writes the record that brings back a slot.</summary>
    public static void Write(in ScopeSlot slot, IBufferWriter<byte> destination)
    {
        if (slot.Expired)
            Write(What.Expiry, slot.Location, slot.Expires, default, destination);
        else
            WriteSave(slot.Location, slot.Value, slot.Expires, destination);
    }

    public static void WriteSave(ReadOnlySpan<byte> location, ReadOnlySpan<byte> value, long expires, IBufferWriter<byte> destination) =>
        Write(What.Save, location, expires, value, destination);

    public static void WriteDelete(ReadOnlySpan<byte> location, IBufferWriter<byte> destination) =>
        Write(What.Delete, location, 0, default, destination);

    /// <summary>Reads the record at <paramref name="at"/> and moves that behind it.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static ScopeRecord Read(ReadOnlySpan<byte> source, ref int at)
    {
        var kind = (What)source[at++];
        if (kind is not (What.Save or What.Delete or What.Expiry))
            throw new FormatException($"{(byte)kind} is no kind of record.");
        var location = Slice(source, ref at);
        var expires = kind is What.Delete ? 0 : checked((long)Varint.Read(source, ref at));
        return new ScopeRecord(kind, location, expires, kind is What.Save ? Slice(source, ref at) : default);
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> source, ref int at)
    {
        var length = Varint.Read(source, ref at);
        if (length > (ulong)(source.Length - at))
            throw new FormatException("A record is cut off.");
        var slice = source.Slice(at, (int)length);
        at += slice.Length;
        return slice;
    }

    private static void Write(What kind, ReadOnlySpan<byte> location, long expires, ReadOnlySpan<byte> value, IBufferWriter<byte> destination)
    {
        var span = destination.GetSpan(1 + (3 * Varint.MaxLength) + location.Length + value.Length);
        span[0] = (byte)kind;
        var at = Varint.Write(span, 1, (ulong)location.Length);
        location.CopyTo(span[at..]);
        at += location.Length;
        if (kind is not What.Delete)
            at = Varint.Write(span, at, (ulong)expires);
        if (kind is What.Save)
        {
            at = Varint.Write(span, at, (ulong)value.Length);
            value.CopyTo(span[at..]);
            at += value.Length;
        }

        destination.Advance(at);
    }
}
