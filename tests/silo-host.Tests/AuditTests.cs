using System.Text.Json;

namespace Orleans.Persist.SiloHost.Tests;

[Trait("Requirement", "s.8")]
public class AuditTests : HostTestBase
{
    [Fact]
    public async Task What_a_checkpoint_kept_elsewhere_covers_is_proven_and_a_rewritten_history_is_found()
    {
        await IngestAsync(1, 300, "data");
        File.WriteAllText(Path.Combine(Folder, "kept.jsonl"), await DoneAsync("checkpoint", "--source", "s"));
        await IngestAsync(301, 500, "data");
        File.AppendAllText(Path.Combine(Folder, "kept.jsonl"), await DoneAsync("checkpoint", "--source", "s"));

        var sound = JsonDocument.Parse(await DoneAsync("verify", "--json", "--audit", "kept.jsonl")).RootElement.GetProperty("audit");
        Assert.Equal((2, 500), (sound.GetProperty("checkpoints").GetInt32(), sound.GetProperty("proven").GetInt32()));

        // The same history but for one event, written by the engine itself: every checksum and hash in it is right.
        await IngestAsync(1, 349, "forged");
        Write("x.ndjson", CloudEvent(99_999));
        await DoneAsync("ingest", "x.ndjson", "--source", "s", "--data", "forged");
        await IngestAsync(351, 500, "forged");
        await DoneAsync("verify", "--data", "forged");
        var (exitCode, _, errors) = await RunAsync("verify", "--data", "forged", "--audit", "kept.jsonl");
        Assert.Equal(1, exitCode);
        Assert.Contains("audit: source 's', versions 1 to 300", errors); // recorded at another time: all of it is another history
        Assert.Contains("versions 301 to 500", errors);
    }

    [Fact]
    public async Task A_signed_checkpoint_must_have_the_right_signature_and_a_bad_file_is_told_with_its_line()
    {
        await IngestAsync(1, 10, "data");
        Write("secret", new string('s', 40));
        Write("other", new string('o', 40));
        Write("kept.jsonl", await DoneAsync("checkpoint", "--source", "s", "--key", "secret"));

        await DoneAsync("verify", "--audit", "kept.jsonl", "--key", "secret");
        var (exitCode, _, errors) = await RunAsync("verify", "--audit", "kept.jsonl", "--key", "other");
        Assert.Equal((1, "error: The checkpoint of source 's' at version 10 has no good signature. (Parameter 'checkpoints')"), (exitCode, errors.Trim()));

        Write("bad.jsonl", File.ReadAllText(Path.Combine(Folder, "kept.jsonl")) + "{}\n");
        (exitCode, _, errors) = await RunAsync("verify", "--audit", "bad.jsonl");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("error: bad.jsonl, line 2: It is no checkpoint:", errors);
    }

    private async Task IngestAsync(int first, int last, string data)
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(first, last - first + 1).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s", "--data", data);
    }
}
