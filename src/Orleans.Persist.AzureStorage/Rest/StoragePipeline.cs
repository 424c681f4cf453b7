using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>Sends requests to one service: signed, retried, traced, each bounded in time, and each failure said as a <see cref="JournalUnavailableException"/>.</summary>
internal sealed class StoragePipeline
{
    private const string Scope = "https://storage.azure.com/.default";
    private readonly HttpPipeline _pipeline;
    private readonly TimeSpan _timeout;
    private readonly string _version;

    private StoragePipeline(HttpPipeline pipeline, Uri endpoint, string version, AzureStorageOptions options)
    {
        _pipeline = pipeline;
        _timeout = options.OperationTimeout;
        _version = version;
        Endpoint = endpoint;
        TryTimeout = options.Client.Retry.NetworkTimeout;
    }

    /// <summary>The service's address, without a slash at its end.</summary>
    public Uri Endpoint { get; }

    /// <summary>The longest that one try may take.</summary>
    public TimeSpan TryTimeout { get; }

    public static StoragePipeline ForTables(StorageAccount account, AzureStorageOptions options) =>
        new(Build(account, options, table: true), account.Table, "2019-02-02", options);

    public static StoragePipeline ForBlobs(StorageAccount account, AzureStorageOptions options) =>
        new(Build(account, options, table: false), account.Blob, "2021-12-02", options);

    /// <summary>A request to <paramref name="path"/>, which is escaped already, behind the service's address.</summary>
    public HttpMessage Create(RequestMethod method, string path, string? query = null)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{path}{(query is null ? "" : "?" + query)}"));
        message.Request.Headers.Add("x-ms-version", _version);
        return message;
    }

    /// <summary>Sends a request and returns its response, whatever its status. The caller disposes of the message.</summary>
    /// <exception cref="JournalUnavailableException">No response within the retries and the time allowed: what became of the request is unknown.</exception>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            await _pipeline.SendAsync(message, limit.Token).ConfigureAwait(false);
            return message.Response;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (e is ArgumentException or ObjectDisposedException)
                throw;
            var why = e is OperationCanceledException ? $"no answer within {_timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s" : StorageFailure.Reason(e);
            throw new JournalUnavailableException($"{StorageFailure.Describe(message.Request)}: {why}.", e);
        }
    }

    private static HttpPipeline Build(StorageAccount account, AzureStorageOptions options, bool table)
    {
        HttpPipelinePolicy authentication = account switch
        {
            { Key: { } key } => new SharedKeyPolicy(key, table),
            { Token: { } token } => new BearerTokenAuthenticationPolicy(token, Scope),
            { SasCredential: { } sas } => new SasPolicy(() => sas.Signature),
            _ => new SasPolicy(() => account.Sas!),
        };
        return HttpPipelineBuilder.Build(options.Client, [], [authentication], new ResponseClassifier());
    }
}
