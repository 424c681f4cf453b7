using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Persist.Audit;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Sources;
using Orleans.Persist.Web.CloudEvents;
using Orleans.Persist.Web.Http;

namespace Orleans.Persist.SiloHost.Remote;

/// <summary>A source of a running host, over HTTP.</summary>
internal sealed class RemoteSource(HttpClient client, string name) : IEventSource
{
    /// <summary>A body of more bytes is sent once the host has said that it will take it: the answer that it will not would get lost on the way.</summary>
    private const int AskFirst = 1024 * 1024;

    private readonly string _path = "/sources/" + Uri.EscapeDataString(name);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        PublishAsync(events, new PublishOptions { Producer = producer }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _path + "/events") { Content = Batch(events.Span, options) };
        request.Headers.ExpectContinue = request.Content.Headers.ContentLength > AskFirst;
        if (options.Expected is { Version: >= 0 } expected)
            request.Headers.Add(Expectations.SourceHeader, expected.Version.ToString(CultureInfo.InvariantCulture));
        if (options.Producer is { } producer)
        {
            request.Headers.Add(Expectations.ProducerHeader, producer.Producer);
            request.Headers.Add(Expectations.SequenceHeader, producer.Sequence.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await client.CallAsync(request, name, cancellationToken);
        var answer = await ReadAsync(response, WebJson.Default.PublishAnswer, cancellationToken);
        return new AppendResult(answer.Incarnation, answer.First, answer.Last, 0, answer.Recorded, answer.Duplicate);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAsync(ReadRequest request, CancellationToken cancellationToken = default) =>
        QueryAsync(
            Conditions(request.Filter) with
            {
                From = request.From,
                To = request.To,
                Backward = request.Backward,
                Limit = request.Limit == long.MaxValue ? null : request.Limit,
            },
            "application/x-ndjson",
            cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> SubscribeAsync(long fromVersion = 1, EventFilter? filter = null, CancellationToken cancellationToken = default) =>
        QueryAsync(Conditions(filter) with { From = Math.Max(1, fromVersion) }, "text/event-stream", cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StreamHead> GetHeadAsync(CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _path);
        using var response = await client.ReachAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return StreamHead.None(name);
        await RemoteProblem.ThrowIfFailedAsync(response, name, cancellationToken);
        var entry = await ReadAsync(response, WebJson.Default.SourceEntry, cancellationToken);
        return new StreamHead(name, entry.Incarnation, entry.Version, entry.First, entry.Recorded);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SinkStatus>> GetSinksAsync(CancellationToken cancellationToken = default)
    {
        using var response = await client.CallAsync(new HttpRequestMessage(HttpMethod.Get, _path + "/sinks"), name, cancellationToken);
        return (await ReadAsync(response, WebJson.Default.SinkList, cancellationToken)).Sinks;
    }

    /// <inheritdoc/>
    public async ValueTask ExportAsync(string? sink = null, CancellationToken cancellationToken = default)
    {
        var query = sink is null ? "" : "?sink=" + Uri.EscapeDataString(sink);
        using var response = await client.CallAsync(new HttpRequestMessage(HttpMethod.Post, _path + "/export" + query), name, cancellationToken);
    }

    /// <summary>Has the host take a checkpoint, unsigned.</summary>
    public async Task<AuditCheckpoint> TakeCheckpointAsync(CancellationToken cancellationToken)
    {
        using var response = await client.CallAsync(new HttpRequestMessage(HttpMethod.Post, _path + "/checkpoint"), name, cancellationToken);
        return Checkpoint(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The checkpoints that the host keeps beside the source, oldest first.</summary>
    public async Task<IReadOnlyList<AuditCheckpoint>> ListCheckpointsAsync(CancellationToken cancellationToken)
    {
        using var response = await client.CallAsync(new HttpRequestMessage(HttpMethod.Get, _path + "/checkpoints"), name, cancellationToken);
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return [.. document.RootElement.GetProperty("checkpoints").EnumerateArray().Select(checkpoint => Checkpoint(checkpoint.GetRawText()))];
    }

    private AuditCheckpoint Checkpoint(string json)
    {
        try
        {
            return AuditCheckpoint.Parse(json) is var checkpoint && checkpoint.Source == name ? checkpoint : throw new FormatException($"It is of source '{checkpoint.Source}'.");
        }
        catch (FormatException e)
        {
            throw new CommandException($"{client.BaseAddress} has sent what is no checkpoint of '{name}': {e.Message}");
        }
    }

    /// <summary>A source that is not there gives nothing, as on a directory.</summary>
    private async IAsyncEnumerable<RecordedEvent> QueryAsync(EventsRequest query, string format, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _path + "/query")
        {
            Content = JsonContent.Create(query, WebJson.Default.EventsRequest),
            Headers = { { "Accept", format } },
        };
        using var response = await client.ReachAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            yield break;
        await RemoteProblem.ThrowIfFailedAsync(response, name, cancellationToken);
        var incarnation = response.Headers.TryGetValues(EventsHandler.IncarnationHeader, out var values) ? int.Parse(values.First(), CultureInfo.InvariantCulture) : 1;
        await using var lines = new LineReader(await response.Content.ReadAsStreamAsync(cancellationToken), client.BaseAddress!.Authority).ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(lines))
        {
            var line = lines.Current.Bytes;
            if (format is not "text/event-stream")
                yield return RemoteEvent.Read(name, incarnation, line);
            else if (line.Span.StartsWith("data: "u8))
                yield return RemoteEvent.Read(name, incarnation, line["data: ".Length..]);
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ByteLine> lines)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (IOException e)
        {
            throw new CommandException($"{client.BaseAddress} has broken off: {e.Message} Its log says why.");
        }
    }

    private static EventsRequest Conditions(EventFilter? filter) => new()
    {
        Since = Text(filter?.Since),
        Until = Text(filter?.Until),
        RecordedSince = Text(filter?.RecordedSince),
        RecordedUntil = Text(filter?.RecordedUntil),
        Subjects = filter?.Subjects?.ToArray(),
        SubjectPrefixes = filter?.SubjectPrefixes?.ToArray(),
        Types = filter?.Types?.ToArray(),
        Tags = filter?.Tags?.ToArray(),
        Ids = filter?.Ids?.ToArray(),
    };

    private static string? Text(DateTimeOffset? time) => time is { } value ? TimeText.Format(value) : null;

    private ByteArrayContent Batch(ReadOnlySpan<EventData> events, PublishOptions options)
    {
        var expected = options.ExpectedSubjects.ToDictionary(subject => subject.Subject, subject => subject.Version, StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var writer = new CloudEventWriter(buffer);
        buffer.Write("["u8);
        for (var i = 0; i < events.Length; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            var @event = events[i];
            if (@event.Subject is { } subject && expected.Remove(subject, out var version))
                @event = @event with { Metadata = new Dictionary<string, string>(@event.Metadata, StringComparer.Ordinal) { [Expectations.Attribute] = version.ToString(CultureInfo.InvariantCulture) } };
            writer.Write(@event, name);
        }

        buffer.Write("]"u8);
        if (expected.Count > 0)
            throw new NotSupportedException($"Over HTTP, what is expected of a subject goes with an event about it; there is none about '{expected.Keys.First()}'.");
        return new ByteArrayContent(buffer.WrittenSpan.ToArray()) { Headers = { ContentType = new("application/cloudevents-batch+json") } };
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(cancellationToken), type, cancellationToken) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new CommandException($"{response.RequestMessage!.RequestUri} answers what cannot be read: {e.Message} Is it a host of Orleans.Persist?");
        }
    }
}
