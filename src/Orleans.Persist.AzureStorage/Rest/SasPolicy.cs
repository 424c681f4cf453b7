using Azure.Core;
using Azure.Core.Pipeline;

namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>Puts a shared access signature into each request's query. Asked for with every try, so that a renewed one is used.</summary>
internal sealed class SasPolicy(Func<string> sas) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var uri = message.Request.Uri;
        if (!message.TryGetProperty(typeof(SasPolicy), out var kept))
            message.SetProperty(typeof(SasPolicy), kept = uri.Query ?? "");
        var query = ((string)kept!).TrimStart('?');
        var signature = sas().TrimStart('?');
        uri.Query = query.Length > 0 ? $"?{query}&{signature}" : $"?{signature}";
    }
}
