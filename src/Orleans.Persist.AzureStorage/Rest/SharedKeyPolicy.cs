using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>Signs requests with the account's key ("Authorize with Shared Key" of the service's REST reference).</summary>
/// <param name="credential">Account and key.</param>
/// <param name="table">Whether for the table service, which signs fewer headers than the blob service.</param>
internal sealed class SharedKeyPolicy(AzureNamedKeyCredential credential, bool table) : HttpPipelineSynchronousPolicy
{
    private static readonly string[] SignedHeaders =
        ["Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"];

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture));
        var (account, key) = credential;
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(StringToSign(request, account))));
        request.Headers.SetValue("Authorization", $"SharedKey {account}:{signature}");
    }

    private string StringToSign(Request request, string account)
    {
        var text = new StringBuilder();
        text.Append(request.Method.Method).Append('\n');
        if (table)
        {
            AppendHeader(text, request, "Content-MD5");
            AppendHeader(text, request, "Content-Type");
            text.Append(request.Headers.TryGetValue("x-ms-date", out var date) ? date : "").Append('\n');
        }
        else
        {
            foreach (var header in SignedHeaders)
                AppendHeader(text, request, header);
            AppendServiceHeaders(text, request);
        }

        AppendResource(text, request.Uri.ToUri(), account);
        return text.ToString();
    }

    private static void AppendHeader(StringBuilder text, Request request, string name)
    {
        string? value = null;
        if (name is "Content-Length")
            value = request.Content is { } content && content.TryComputeLength(out var length) && length > 0 ? length.ToString(CultureInfo.InvariantCulture) : null;
        else
            request.Headers.TryGetValue(name, out value);
        text.Append(value).Append('\n');
    }

    private static void AppendServiceHeaders(StringBuilder text, Request request)
    {
        foreach (var header in request.Headers.Where(h => h.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).OrderBy(h => h.Name.ToLowerInvariant(), StringComparer.Ordinal))
            text.Append(header.Name.ToLowerInvariant()).Append(':').Append(header.Value).Append('\n');
    }

    private void AppendResource(StringBuilder text, Uri uri, string account)
    {
        text.Append('/').Append(account).Append(uri.AbsolutePath);
        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2)).Select(p => (Name: Uri.UnescapeDataString(p[0]).ToLowerInvariant(), Value: p.Length > 1 ? Uri.UnescapeDataString(p[1]) : ""));
        if (table)
        {
            foreach (var (_, value) in parameters.Where(p => p.Name is "comp"))
                text.Append("?comp=").Append(value);
            return;
        }

        foreach (var (name, value) in parameters.OrderBy(p => p.Name, StringComparer.Ordinal))
            text.Append('\n').Append(name).Append(':').Append(value);
    }
}
