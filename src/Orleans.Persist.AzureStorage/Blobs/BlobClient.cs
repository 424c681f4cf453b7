using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml;
using Azure.Core;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Blobs;

/// <summary>The calls to one folder of a container that the journal and the snapshots need. Names are relative to it, and of characters that an address takes as they are, and <c>/</c>.</summary>
/// <exception cref="JournalUnavailableException">From every member: the service refused or did not answer; the message says what and where.</exception>
internal sealed class BlobClient(StoragePipeline pipeline, string container, string folder)
{
    private const int ListPage = 5000;

    private readonly string _path = $"{container}/{folder}";

    /// <summary>The folder's whole address.</summary>
    public string Address { get; } = $"{pipeline.Endpoint.AbsoluteUri.TrimEnd('/')}/{container}/{folder}";

    /// <summary>Creates the container, if it is not there.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Put, container, "restype=container");
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (response.Status is not 201 && !(response.Status is 409 && StorageFailure.Code(response) is "ContainerAlreadyExists"))
            throw StorageFailure.Of(message);
    }

    /// <summary>Whether the container can be listed: fails where it is missing or the credential does not suffice.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in ListAsync("probe/", cancellationToken).ConfigureAwait(false))
            return;
    }

    /// <summary>Stores a block blob under a name that nobody else uses.</summary>
    public async Task CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Put, $"{_path}/{name}");
        var headers = message.Request.Headers;
        headers.Add("x-ms-blob-type", "BlockBlob");
        headers.Add("If-None-Match", "*");
        headers.Add("Content-Type", "application/octet-stream");
        message.Request.Content = RequestContent.Create(content);
        message.NetworkTimeout = TimeoutFor(message, content.Length);
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);

        // The name is random: a blob of that name is an earlier try's, whose answer got lost.
        var mine = response.Status is 409 or 412 && message.ProcessingContext.RetryNumber > 0;
        if (response.Status is not 201 && !mine)
            throw StorageFailure.Of(message);
    }

    /// <summary>A blob's content, or null where it is not there.</summary>
    public Task<ReadOnlyMemory<byte>?> GetAsync(string name, long length, CancellationToken cancellationToken) => GetAsync(name, null, length, cancellationToken);

    /// <summary>A part of a blob's content, or null where it is not there.</summary>
    public Task<ReadOnlyMemory<byte>?> GetRangeAsync(string name, long from, long length, CancellationToken cancellationToken) =>
        GetAsync(name, string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{from + length - 1}"), length, cancellationToken);

    /// <summary>A blob's length, or null where it is not there.</summary>
    public async Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Head, $"{_path}/{name}");
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return response.Status switch
        {
            200 => response.Headers.ContentLengthLong,
            404 when StorageFailure.Code(response) is not "ContainerNotFound" => null,
            _ => throw StorageFailure.Of(message),
        };
    }

    /// <summary>Removes a blob, if it is there.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Delete, $"{_path}/{name}");
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (response.Status is not 202 && !(response.Status is 404 && StorageFailure.Code(response) is not "ContainerNotFound"))
            throw StorageFailure.Of(message);
    }

    /// <summary>The blobs whose names begin with <paramref name="prefix"/>, in their order.</summary>
    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var marker = "";
        do
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"restype=container&comp=list&prefix={Uri.EscapeDataString($"{folder}/{prefix}")}&maxresults={ListPage}");
            using var message = pipeline.Create(RequestMethod.Get, container, marker.Length > 0 ? $"{query}&marker={Uri.EscapeDataString(marker)}" : query);
            var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (response.Status is not 200)
                throw StorageFailure.Of(message);
            var items = new List<BlobItem>();
            marker = Parse(response.ContentStream!, items);
            foreach (var item in items)
                yield return item with { Name = item.Name[(folder.Length + 1)..] };
        }
        while (marker.Length > 0);
    }

    private async Task<ReadOnlyMemory<byte>?> GetAsync(string name, string? range, long length, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Get, $"{_path}/{name}");
        if (range is not null)
            message.Request.Headers.Add("x-ms-range", range);
        message.NetworkTimeout = TimeoutFor(message, length);
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return response.Status switch
        {
            200 or 206 => response.Content.ToMemory(),
            404 when StorageFailure.Code(response) is not "ContainerNotFound" => default(ReadOnlyMemory<byte>?), // null by itself would become an empty memory
            _ => throw StorageFailure.Of(message),
        };
    }

    /// <summary>The time-out of a try, and a second more for each MiB.</summary>
    private TimeSpan TimeoutFor(HttpMessage message, long bytes) => (message.NetworkTimeout ?? pipeline.TryTimeout) + TimeSpan.FromSeconds(bytes >> 20);

    private static string Parse(Stream body, List<BlobItem> items)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true };
        using var xml = XmlReader.Create(body, settings);
        var (name, length, modified, marker) = ("", 0L, default(DateTimeOffset), "");
        xml.Read();
        while (!xml.EOF)
        {
            if (xml.NodeType is XmlNodeType.EndElement && xml.Name is "Blob")
                items.Add(new BlobItem(name, length, modified));
            if (xml.NodeType is not XmlNodeType.Element || xml.Name is not ("Name" or "Content-Length" or "Last-Modified" or "NextMarker"))
            {
                xml.Read();
                continue;
            }

            switch (xml.Name)
            {
                case "Name":
                    name = xml.ReadElementContentAsString();
                    break;
                case "Content-Length":
                    length = xml.ReadElementContentAsLong();
                    break;
                case "Last-Modified":
                    modified = DateTimeOffset.Parse(xml.ReadElementContentAsString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                    break;
                default:
                    marker = xml.ReadElementContentAsString();
                    break;
            }
        }

        return marker;
    }
}
