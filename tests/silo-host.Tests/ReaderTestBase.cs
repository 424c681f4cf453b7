using System.IO.Compression;
using System.Text;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>Reads inputs that tests write down, and keeps what came before an error.</summary>
public abstract class ReaderTestBase
{
    internal static byte[] Gzip(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return buffer.ToArray();
    }

    internal static Task<(List<InputEvent> Events, InputException? Error)> ReadAsync(string text, string name, ColumnMap? columns = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), name, columns);

    internal static Task<(List<InputEvent> Events, InputException? Error)> ReadAsync(byte[] bytes, string name, ColumnMap? columns = null) =>
        ReadAsync(new MemoryStream(bytes), name, columns);

    internal static async Task<(List<InputEvent> Events, InputException? Error)> ReadAsync(Stream stream, string name, ColumnMap? columns = null)
    {
        var events = new List<InputEvent>();
        try
        {
            await using var input = await InputSource.OpenAsync(stream, name);
            await foreach (var @event in EventReaders.Create(input, null, columns ?? ColumnMap.Default).ReadAsync())
                events.Add(@event);
            return (events, null);
        }
        catch (InputException e)
        {
            return (events, e);
        }
    }

    internal static string Text(InputEvent @event) => Encoding.UTF8.GetString(@event.Event.Data.Span);
}
