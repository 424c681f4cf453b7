using System.Text;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Scopes;

/// <summary>A location as bytes that no other location has: the kind, the names with their lengths before them, and then the key.</summary>
internal static class LocationBytes
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The most bytes that a location may take, if it is valid.</summary>
    public static int MaxLength(in ScopedLocation location, int maxNameBytes)
    {
        return 1 + (2 * 5) + (3 * (Of(location.Scope.BridgeName) + Of(location.Scope.InstanceName) + Of(location.Key)));

        int Of(string? name) => Math.Min(name?.Length ?? 0, maxNameBytes);
    }

    /// <summary>Writes a location and returns its length.</summary>
    /// <param name="location">The location.</param>
    /// <param name="maxNameBytes">The most bytes of UTF-8 that a name may take.</param>
    /// <param name="destination">Room for <see cref="MaxLength"/> bytes.</param>
    /// <exception cref="ArgumentException">A name is empty where it must not be, too long, or has half of a surrogate pair; the message says which.</exception>
    public static int Write(in ScopedLocation location, int maxNameBytes, Span<byte> destination)
    {
        var (scope, at) = (location.Scope, 1);
        destination[0] = (byte)scope.Kind;
        switch (scope.Kind)
        {
            case ScopeKind.Global:
                break;
            case ScopeKind.Bridge:
                at = WriteName(scope.BridgeName, "bridge", maxNameBytes, destination, at, prefixed: true);
                break;
            case ScopeKind.Instance:
                at = WriteName(scope.BridgeName, "bridge", maxNameBytes, destination, at, prefixed: true);
                at = WriteName(scope.InstanceName, "instance", maxNameBytes, destination, at, prefixed: true);
                break;
            default:
                throw new ArgumentException("The location has no scope.", nameof(location));
        }

        return WriteName(location.Key, "key", maxNameBytes, destination, at, prefixed: false);
    }

    private static int WriteName(string name, string what, int maxBytes, Span<byte> destination, int at, bool prefixed)
    {
        if (string.IsNullOrEmpty(name))
            throw new ArgumentException($"The location has no {what}.");
        if (name.Length > maxBytes)
            throw TooLong(name.Length);
        int length;
        try
        {
            length = Strict.GetByteCount(name);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"The {what} of the location has half of a surrogate pair at index {e.Index}.", e);
        }

        if (length > maxBytes)
            throw TooLong(length);
        if (prefixed)
            at = Varint.Write(destination, at, (ulong)length);
        return at + Strict.GetBytes(name, destination[at..]);

        ArgumentException TooLong(int bytes) => new($"The {what} of a location may take {maxBytes} bytes of UTF-8; this one takes {bytes}.");
    }
}
