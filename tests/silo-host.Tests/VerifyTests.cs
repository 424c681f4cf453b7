using System.Text.Json;

namespace Orleans.Persist.SiloHost.Tests;

public class VerifyTests : HostTestBase
{
    [Fact]
    public async Task A_directory_that_does_not_exist_holds_nothing()
    {
        var output = await DoneAsync("verify");

        Assert.Equal("'data' does not exist yet: it holds nothing.", output.Trim());
        Assert.False(Directory.Exists(Path.Combine(Folder, "data")));
    }

    [Fact]
    public async Task A_sound_directory_is_counted()
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 1_000).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");

        var report = JsonDocument.Parse(await DoneAsync("verify", "--json")).RootElement;
        var table = await DoneAsync("verify");

        Assert.Equal((true, 1_000L, 1L), (report.GetProperty("ok").GetBoolean(), report.GetProperty("events").GetInt64(), report.GetProperty("streams").GetInt64()));
        Assert.Contains("1,000", table);
    }

    [Fact]
    public async Task A_flipped_bit_is_exit_code_1_and_its_place()
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 2_000).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");
        var log = Directory.EnumerateFiles(Path.Combine(Folder, "data", "journal"), "*.log").Single();
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[bytes.Length / 3] ^= 4;
        await File.WriteAllBytesAsync(log, bytes);

        var (exitCode, _, errors) = await RunAsync("verify");

        Assert.Equal(1, exitCode);
        Assert.Contains($"damage: journal/{Path.GetFileName(log)} at offset", errors);
    }
}
