using Azure;
using Azure.Core;

namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>An account's two services and how requests to them are signed: exactly one of the three credentials, or none where the addresses carry a SAS.</summary>
internal sealed record StorageAccount(Uri Table, Uri Blob, string? Sas, AzureNamedKeyCredential? Key, TokenCredential? Token, AzureSasCredential? SasCredential)
{
    /// <summary>What the options say.</summary>
    /// <exception cref="ArgumentException">Too little, too much or something malformed; the message says what. It never repeats a secret.</exception>
    public static StorageAccount Of(AzureStorageOptions options)
    {
        var credentials = new object?[] { options.TokenCredential, options.KeyCredential, options.SasCredential }.Count(c => c is not null);
        if (options.ConnectionString is { } text)
        {
            if (options.TableEndpoint is not null || options.BlobEndpoint is not null || credentials > 0)
                throw new ArgumentException($"{nameof(AzureStorageOptions)}: give either a connection string, or endpoints and a credential, not both.");
            return ConnectionString.Parse(text);
        }

        if (options.TableEndpoint is null || options.BlobEndpoint is null)
            throw new ArgumentException($"{nameof(AzureStorageOptions)}: give a {nameof(options.ConnectionString)}, or both {nameof(options.TableEndpoint)} and {nameof(options.BlobEndpoint)}.");
        if (credentials > 1)
            throw new ArgumentException($"{nameof(AzureStorageOptions)}: give one credential, not {credentials}.");
        var (table, tableSas) = Split(options.TableEndpoint, nameof(options.TableEndpoint));
        var (blob, blobSas) = Split(options.BlobEndpoint, nameof(options.BlobEndpoint));
        if (tableSas != blobSas)
            throw new ArgumentException($"{nameof(AzureStorageOptions)}: both endpoints must carry the same SAS, which covers both services.");
        if (tableSas is null == (credentials == 0))
            throw new ArgumentException($"{nameof(AzureStorageOptions)}: give one credential, or a SAS in both endpoints.");
        if (options.TokenCredential is not null && (table.Scheme != Uri.UriSchemeHttps || blob.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"{nameof(AzureStorageOptions)}: a {nameof(options.TokenCredential)} is only sent over https.");
        return new StorageAccount(table, blob, tableSas, options.KeyCredential, options.TokenCredential, options.SasCredential);
    }

    /// <summary>The address without its query and last slash, and the query.</summary>
    private static (Uri Endpoint, string? Sas) Split(Uri endpoint, string what)
    {
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{nameof(AzureStorageOptions)}.{what} must be an absolute http or https address.");
        var sas = endpoint.Query.TrimStart('?');
        return (new Uri(endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')), sas.Length > 0 ? sas : null);
    }
}
