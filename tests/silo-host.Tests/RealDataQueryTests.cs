using System.Globalization;
using System.Text;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>Combinations of conditions over the real logs, against a plain selection from the same events; over generated events where the logs are not there.</summary>
[Trait("Requirement", "s.2")]
[Trait("Requirement", "s.3")]
[Trait("Requirement", "s.4")]
[Trait("Requirement", "s.5")]
[Trait("Requirement", "s.6")]
public sealed class RealDataQueryTests : HostTestBase
{
    [Fact]
    public Task Permits() => AssertQueriesAsync(
        RepositoryFiles.SharedData("permit-receipt.csv"), new ColumnMap { Subject = "case:concept:name", Type = "concept:name", Time = "time:timestamp" }, every: 7);

    [Fact]
    public Task Loan_applications() => AssertQueriesAsync(RepositoryFiles.SharedData("loan-applications-bpic2012.xes.gz"), new ColumnMap(), every: 97);

    private async Task AssertQueriesAsync(string? file, ColumnMap columns, int every)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(Path.Combine(Folder, "data"), new EmbeddedOptions { SegmentBytes = 4 << 20 });
        await using var engine = new PersistEngine(storage);
        await engine.StartAsync();
        var source = engine.GetSource("log");
        await using var input = file is null
            ? await InputSource.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(Generated())), "generated.ndjson")
            : await InputSource.OpenAsync(file);
        var ingestor = new Ingestor(source);
        await ingestor.RunAsync(EventReaders.Create(input, null, file is null ? ColumnMap.Default : columns));

        var all = new List<RecordedEvent>();
        await foreach (var @event in source.ReadAsync(ReadRequest.All))
            all.Add(@event);
        Assert.Equal(ingestor.Read, all.Count);
        foreach (var query in QueryCases.Over(all).Where((_, i) => i % every == 0))
        {
            var found = new List<long>();
            await foreach (var @event in source.QueryAsync(query))
                found.Add(@event.Version);
            Assert.True(QueryCases.Expected(all, query).SequenceEqual(found), $"{QueryCases.Describe(query)} returned {found.Count} events.");
        }
    }

    private static string Generated() => string.Join('\n', Enumerable.Range(1, 20_000).Select(i => CloudEvent(i, $"t{i % 11}", DateTimeOffset.UnixEpoch.AddMinutes(i * 7919 % 20_000).ToString("O", CultureInfo.InvariantCulture))));
}
