using Azure;

namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>Parses a storage account's connection string.</summary>
internal static class ConnectionString
{
    // The emulator's account and key are the same everywhere, and documented; they protect nothing.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The account that <paramref name="text"/> names.</summary>
    /// <exception cref="ArgumentException">It is malformed; the message says how, without its values.</exception>
    public static StorageAccount Parse(string text)
    {
        var settings = Settings(text);
        if (settings.TryGetValue("UseDevelopmentStorage", out var development))
        {
            if (!string.Equals(development, "true", StringComparison.OrdinalIgnoreCase))
                throw Malformed("UseDevelopmentStorage must be true");
            var host = settings.TryGetValue("DevelopmentStorageProxyUri", out var proxy) ? Address(proxy, "DevelopmentStorageProxyUri").GetLeftPart(UriPartial.Authority) : "http://127.0.0.1";
            var named = new Uri(host);
            var root = $"{named.Scheme}://{named.Host}";
            return new StorageAccount(
                new Uri($"{root}:10002/{EmulatorAccount}"), new Uri($"{root}:10000/{EmulatorAccount}"), null, new AzureNamedKeyCredential(EmulatorAccount, EmulatorKey), null, null);
        }

        settings.TryGetValue("AccountName", out var name);
        settings.TryGetValue("SharedAccessSignature", out var sas);
        var table = Endpoint(settings, "table", name);
        var blob = Endpoint(settings, "blob", name);
        if (settings.TryGetValue("AccountKey", out var key))
        {
            if (name is null)
                throw Malformed("AccountKey needs AccountName");
            if (sas is not null)
                throw Malformed("it has both AccountKey and SharedAccessSignature");
            if (!Convert.TryFromBase64String(key, new byte[key.Length], out var length) || length == 0)
                throw Malformed("AccountKey is not Base64");
            return new StorageAccount(table, blob, null, new AzureNamedKeyCredential(name, key), null, null);
        }

        return sas is { Length: > 0 }
            ? new StorageAccount(table, blob, sas.TrimStart('?'), null, null, null)
            : throw Malformed("it has neither AccountKey nor SharedAccessSignature");
    }

    private static Dictionary<string, string> Settings(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw Malformed("a part of it is not of the form name=value");
            if (!settings.TryAdd(part[..at].Trim(), part[(at + 1)..].Trim()))
                throw Malformed($"it has {part[..at]} twice");
        }

        return settings.Count > 0 ? settings : throw Malformed("it is empty");
    }

    private static Uri Endpoint(Dictionary<string, string> settings, string service, string? account)
    {
        var setting = char.ToUpperInvariant(service[0]) + service[1..] + "Endpoint";
        if (settings.TryGetValue(setting, out var address))
            return new Uri(Address(address, setting).GetLeftPart(UriPartial.Path).TrimEnd('/'));
        if (account is null)
            throw Malformed($"it has neither AccountName nor {setting}");
        var scheme = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        return Address($"{scheme}://{account}.{service}.{settings.GetValueOrDefault("EndpointSuffix", "core.windows.net")}", "AccountName, DefaultEndpointsProtocol or EndpointSuffix");
    }

    private static Uri Address(string text, string setting) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw Malformed($"{setting} makes no http or https address");

    private static ArgumentException Malformed(string how) => new($"The connection string of the storage account is malformed: {how}.");
}
