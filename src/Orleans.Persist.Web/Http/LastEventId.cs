using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Orleans.Persist.Web.Http;

/// <summary>The id of a server-sent event: incarnation and version, so that a stream goes on after it without a seam.</summary>
internal readonly record struct LastEventId(int Incarnation, long Version)
{
    private const string Header = "Last-Event-ID";

    /// <summary>The last event that a client has had, if it says so.</summary>
    /// <exception cref="RequestException">It is no such id.</exception>
    public static LastEventId? Of(HttpRequest request)
    {
        string? text = request.Headers[Header];
        if (string.IsNullOrEmpty(text))
            return null;
        return text.Split('.') is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation)
            && long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version < long.MaxValue
            ? new LastEventId(incarnation, version)
            : throw RequestException.Bad($"The header '{Header}' is '{CloudEvents.Shown.Of(text)}'; it is an id that this server has given, such as 1.4711.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Incarnation}.{Version}");
}
