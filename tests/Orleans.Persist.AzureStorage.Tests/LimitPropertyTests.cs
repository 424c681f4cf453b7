using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>Whatever is appended, no request is beyond what Azure's Table service takes, and what was appended comes back.</summary>
[Trait("Requirement", "o.10")]
public sealed class LimitPropertyTests : AzureTestBase
{
    private static readonly int[] Sizes = [0, 1, 100, 65_000, 65_536, 300_000, 900_000, 983_000, 983_040, 1_100_000];

    [Fact]
    public void Appends_of_any_shape_stay_within_the_limits()
    {
        var append = from events in Gen.Choose(1, 6)
                     from sizes in Gen.Elements(Sizes).ArrayOf(events)
                     from ids in Gen.Elements(true, false)
                     from producer in Gen.Elements(true, false)
                     select (sizes, ids, producer);
        var streams = from name in Gen.Elements("s", "a/b", new string('x', 512), new string('/', 512))
                      from atOnce in append.ArrayOf(6)
                      select (name, atOnce);
        var number = 0L;
        Prop.ForAll(streams.ToArbitrary(), group => AppendAllAsync(group.name, group.atOnce, () => Interlocked.Increment(ref number)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    private async Task AppendAllAsync(string stream, (int[] Sizes, bool Ids, bool Producer)[] appends, Func<long> next)
    {
        Service.Clear();
        var before = (await Journal.GetHeadAsync(stream, Limit)).Version;
        await Task.WhenAll(appends.Select(a =>
        {
            var events = a.Sizes.Select(size => Event("", size, a.Ids ? $"{next()}" : null)).ToArray();
            return Journal.AppendAsync(stream, ExpectedVersion.Any, events, a.Producer ? new ProducerSequence($"p{next()}", 1) : null, Limit).AsTask();
        }));
        foreach (var (_, uri, body) in Service.Requests.Where(r => r.Uri.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal)))
            CheckTransaction(Encoding.UTF8.GetString(body));
        var read = await ReadAsync(Journal, stream, new ReadRequest { From = before + 1 });
        Assert.Equal(appends.SelectMany(a => a.Sizes).Order(), read.Select(e => e.Data.Length).Order());
    }

    /// <summary>Counts as the service's reference says, from the bytes that were sent.</summary>
    private static void CheckTransaction(string body)
    {
        Assert.InRange(body.Length, 1, (4 << 20) - 1);
        var entities = body.Split("\r\n").Where(line => line.StartsWith('{')).ToList();
        Assert.InRange(entities.Count, 1, 100);
        foreach (var entity in entities)
        {
            using var json = JsonDocument.Parse(entity);
            var size = 4L;
            var properties = 0;
            foreach (var property in json.RootElement.EnumerateObject().Where(p => !p.Name.Contains('@', StringComparison.Ordinal)))
            {
                if (property.Name is "PartitionKey" or "RowKey")
                {
                    Assert.InRange(property.Value.GetString()!.Length, 1, 512);
                    size += 2 * property.Value.GetString()!.Length;
                    continue;
                }

                properties++;
                var binary = json.RootElement.TryGetProperty(property.Name + "@odata.type", out var type) && type.GetString() is "Edm.Binary";
                var bytes = binary ? property.Value.GetBytesFromBase64().Length : property.Value.ValueKind is JsonValueKind.String ? 2 * property.Value.GetString()!.Length : 8;
                Assert.InRange(bytes, 0, 64 << 10);
                size += 8 + (2 * property.Name.Length) + 4 + bytes;
            }

            Assert.InRange(properties, 1, 252);
            Assert.InRange(size, 1, 1 << 20);
        }
    }
}
