using System.Runtime.CompilerServices;
using System.Text.Json;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Reads CloudEvents 1.0 in the JSON format, structured mode, one a line (NDJSON). Blank lines are skipped.</summary>
internal sealed class CloudEventsReader(InputSource input) : IEventReader
{
    /// <inheritdoc/>
    public string Name => input.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<InputEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var line in new LineReader(input.Content, input.Name).ReadAsync(cancellationToken))
        {
            if (line.Bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
                yield return Parse(line);
        }
    }

    private InputEvent Parse(ByteLine line)
    {
        try
        {
            return new InputEvent(CloudEventJson.Read(line.Bytes), line.Number);
        }
        catch (JsonException e)
        {
            var message = e.Message.Split(" LineNumber:")[0];
            throw new InputException(input.Name, line.Number, (e.BytePositionInLine ?? -1) + 1, $"not a CloudEvent in JSON: {message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's way to say that a text has half of a surrogate pair.
            throw new InputException(input.Name, line.Number, 0, $"not a CloudEvent in JSON: {e.Message}", e);
        }
        catch (FormatException e)
        {
            throw new InputException(input.Name, line.Number, 0, e.Message, e);
        }
    }
}
