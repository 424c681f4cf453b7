using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

public sealed class ScopedCompactionTests : ScopedStoreTestBase
{
    [Fact]
    [Trait("Requirement", "t.8")]
    public async Task A_key_that_is_saved_over_and_over_does_not_make_the_log_longer_and_longer()
    {
        var location = Scope.Global.Key("k");
        var kept = Scope.Global.Key("kept");
        await SaveAsync(kept, "kept", 100_000);
        var value = new byte[1_000];
        for (var i = 0; i < 2_000; i++)
        {
            value[0] = (byte)i;
            await Store.SaveAsync(location, value, TimeSpan.FromSeconds(100_000));
        }

        await Store.DisposeAsync(); // what is being compacted comes to its end
        Assert.All(Store.Logs, log => Assert.True(log.Bytes < 150_000, $"{log.Stream}: {log.Bytes}"));
        Assert.True(await StoredBytesAsync() < 300_000);
        await CrashAsync();
        Assert.Equal(1_999 % 256, (await Store.LoadAsync(location)).Span[0]);
        Assert.Equal("kept", await LoadAsync(kept));
    }

    [Fact]
    [Trait("Requirement", "t.8")]
    [Trait("Requirement", "t.4")]
    public async Task Expired_values_leave_the_journal_without_a_call_and_their_keys_are_remembered_all_the_same()
    {
        Options.CompactInterval = TimeSpan.FromSeconds(10);
        await CrashAsync();
        var gone = Scope.Bridge("b").Key("gone");
        await SaveAsync(gone, "secret", 12);
        await SaveAsync(Scope.Bridge("b").Key("lives"), "open", 1_000);
        var truncated = Truncations(1);
        Pass(13);
        await truncated.WaitAsync(Limit);
        Assert.DoesNotContain("secret", await StoredTextAsync(), StringComparison.Ordinal);
        await CrashAsync();
        Assert.Equal("Expired", await LoadAsync(gone));
        Assert.Equal("open", await LoadAsync(Scope.Bridge("b").Key("lives")));
        Pass(30);
        await CrashAsync();
        Assert.Equal("Missing", await LoadAsync(gone));
    }

    [Fact]
    public async Task What_is_saved_while_the_log_is_compacted_stays()
    {
        var expected = new Dictionary<ScopedLocation, string>();
        Options.CompactInterval = TimeSpan.FromSeconds(1);
        await CrashAsync();
        for (var round = 0; round < 40; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                var location = Scope.Instance("b", $"{i % 7}").Key($"{(i * (round + 3)) % 60}");
                expected[location] = $"{round}-{i}";
                await SaveAsync(location, expected[location], 10_000);
            }

            Pass(2); // begins a compaction, which runs beside the next round
        }

        await CrashAsync();
        foreach (var (location, value) in expected)
            Assert.Equal(value, await LoadAsync(location));
    }

    [Fact]
    public async Task A_compaction_that_fails_is_tried_again_and_loses_nothing()
    {
        Options.CompactInterval = TimeSpan.FromSeconds(5);
        await CrashAsync();
        await SaveAsync(Scope.Global.Key("a"), "1", 10_000);
        await SaveAsync(Scope.Global.Key("a"), "2", 10_000);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Storage.Journal.BeforeTruncate = _ =>
        {
            failed.TrySetResult();
            throw new Journal.JournalUnavailableException("test");
        };
        Pass(6);
        await failed.Task.WaitAsync(Limit);
        Assert.Equal("2", await LoadAsync(Scope.Global.Key("a")));
        await SaveAsync(Scope.Global.Key("a"), "3", 10_000);
        var truncated = Truncations(1);
        for (var i = 0; i < 30 && !truncated.IsCompleted; i++)
            Pass(10);
        await truncated.WaitAsync(Limit);
        await CrashAsync();
        Assert.Equal("3", await LoadAsync(Scope.Global.Key("a")));
    }

    /// <summary>Completes with the truncation of this number that begins.</summary>
    private Task Truncations(int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Storage.Journal.BeforeTruncate = async stream =>
        {
            await Task.CompletedTask;
            if (Interlocked.Decrement(ref count) == 0)
            {
                // What the truncation leaves is looked at once it has happened.
                _ = Task.Run(async () =>
                {
                    while ((await Storage.Memory.GetHeadAsync(stream)).FirstVersion == 1)
                        await Task.Yield();
                    done.SetResult();
                });
            }
        };
        return done.Task;
    }

    private async Task<long> StoredBytesAsync()
    {
        var bytes = 0L;
        await foreach (var @event in Storage.Memory.ReadAllAsync())
            bytes += @event.Data.Length;
        return bytes;
    }

    private async Task<string> StoredTextAsync()
    {
        var text = new System.Text.StringBuilder();
        await foreach (var @event in Storage.Memory.ReadAllAsync())
            text.Append(System.Text.Encoding.Latin1.GetString(@event.Data.Span));
        return text.ToString();
    }
}
