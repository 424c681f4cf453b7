using System.Globalization;

namespace Orleans.Persist.Web.Grpc;

/// <summary>The header <c>grpc-timeout</c>: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    /// <summary>The time, at most <paramref name="limit"/>.</summary>
    /// <exception cref="GrpcException">The header is malformed.</exception>
    public static TimeSpan Parse(string? header, TimeSpan limit)
    {
        if (string.IsNullOrEmpty(header))
            return limit;
        if (header.Length > 9 || !long.TryParse(header.AsSpan(0, header.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw Malformed();
        var ticks = header[^1] switch
        {
            'H' => count * TimeSpan.TicksPerHour,
            'M' => count * TimeSpan.TicksPerMinute,
            'S' => count * TimeSpan.TicksPerSecond,
            'm' => count * TimeSpan.TicksPerMillisecond,
            'u' => count * TimeSpan.TicksPerMicrosecond,
            'n' => count / 100,
            _ => throw Malformed(),
        };
        return ticks < limit.Ticks ? TimeSpan.FromTicks(ticks) : limit;

        GrpcException Malformed() => new(GrpcStatus.Internal, $"malformed grpc-timeout: \"{(header.Length > 20 ? header[..20] : header)}\"");
    }
}
