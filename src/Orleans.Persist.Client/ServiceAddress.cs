namespace Orleans.Persist.Client;

/// <summary>Where a service is, as the published clients write it.</summary>
internal static class ServiceAddress
{
    private const string Dns = "dns:///";

    /// <exception cref="ArgumentException">It is no address.</exception>
    public static Uri Parse(string? address)
    {
        var text = address ?? "";
        if (text.StartsWith(Dns, StringComparison.OrdinalIgnoreCase))
            text = text[Dns.Length..];
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 && uri.PathAndQuery is "/"
            && (uri.Scheme is "https" || HasPort(text))
            ? uri
            : throw new ArgumentException($"'{address}' is no address of a service; write host:port, dns:///host:port or https://host:port.");
    }

    // Without TLS there is no usual port.
    private static bool HasPort(string text) => text.TrimEnd('/').LastIndexOf(':') > Math.Max(text.LastIndexOf(']'), "http:".Length);
}
