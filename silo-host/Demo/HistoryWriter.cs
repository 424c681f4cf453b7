using System.Text.Json;
using Orleans.Persist.Web.CloudEvents;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Writes changes of files as CloudEvents, one a line.</summary>
internal sealed class HistoryWriter(Stream stream, string source) : IAsyncDisposable
{
    private readonly Utf8JsonWriter _json = new(stream);

    /// <summary>How many have been written.</summary>
    public int Count { get; private set; }

    /// <summary>Writes one change.</summary>
    public void Write(string commit, string type, string path, string? from, DateTimeOffset time)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString(CloudEventNames.SpecVersion, "1.0");
        _json.WriteString(CloudEventNames.Id, $"{commit}:{path}");
        _json.WriteString(CloudEventNames.Source, source);
        _json.WriteString(CloudEventNames.Type, type);
        _json.WriteString(CloudEventNames.Subject, path);
        _json.WriteString(CloudEventNames.Time, TimeText.Format(time));
        _json.WriteStartObject(CloudEventNames.Data);
        _json.WriteString("commit", commit);
        if (from is not null)
            _json.WriteString("from", from);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        stream.WriteByte((byte)'\n');
        Count++;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await stream.DisposeAsync();
    }
}
