using System.Net;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage.Tests.Faults;

/// <summary>A service that refuses while the storage is in use: an account that is switched off, a SAS that expires, a table that is removed. Every call says what and where, and none hangs.</summary>
[Trait("Requirement", "o.10")]
public sealed class RefusalTests : AzureTestBase
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AuthenticationFailed", "account's key is wrong, or has been renewed")]
    [InlineData(HttpStatusCode.Forbidden, "AccountIsDisabled", "403 AccountIsDisabled")]
    [InlineData(HttpStatusCode.Unauthorized, "InvalidAuthenticationInfo", "401 InvalidAuthenticationInfo")]
    [InlineData(HttpStatusCode.NotFound, "TableNotFound", "The table does not exist")]
    public async Task Every_call_to_the_journal_says_so(HttpStatusCode status, string code, string says)
    {
        await AppendAsync("s", Event("first"));
        await using var subscription = Journal.SubscribeAsync("s", cancellationToken: Limit).GetAsyncEnumerator(Limit);
        Assert.True(await subscription.MoveNextAsync());
        var next = subscription.MoveNextAsync().AsTask();
        Service.Refuse = _ => StubHandler.Answer(status, code);
        foreach (var call in new Func<Task>[]
        {
            () => AppendAsync("s", Event("second")).AsTask(),
            () => AppendAsync("other", Event("first")).AsTask(),
            () => ReadAsync(Journal, "s"),
            () => ReadAsync(Journal, "s", new ReadRequest { Backward = true }),
            () => ReadAsync(Journal, "s", new ReadRequest { Filter = new EventFilter { Types = ["noted"] } }),
            () => Journal.GetHeadAsync("s", Limit).AsTask(),
            () => Journal.WaitForAppendAsync("s", 1, 1, Limit).AsTask(),
            () => Journal.TruncateAsync("s", 2, Limit).AsTask(),
            () => Journal.DeleteAsync("s", ExpectedVersion.Any, Limit).AsTask(),
            () => Journal.ListStreamsAsync("", Limit).ToListAsync(Limit).AsTask(),
            () => Storage.AzureJournal.SweepAsync(cancellationToken: Limit),
            () => next,
        })
        {
            var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => call().WaitAsync(Longest));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.Contains("http://127.0.0.1:", error.Message, StringComparison.Ordinal);
        }

        Service.Refuse = null;
        Assert.Equal(2, (await AppendAsync("s", Event("second"))).LastVersion);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AuthenticationFailed", "account's key is wrong, or has been renewed")]
    [InlineData(HttpStatusCode.NotFound, "ContainerNotFound", "The container does not exist")]
    public async Task Every_call_that_needs_a_blob_says_so(HttpStatusCode status, string code, string says)
    {
        await AppendAsync("s", Event("large", 1 << 20));
        await Storage.Snapshots.SaveAsync("o", Snapshot(1), Limit);
        var blobs = new Uri(Options.ConnectionString!.Split(';').Single(p => p.StartsWith("BlobEndpoint=", StringComparison.Ordinal))["BlobEndpoint=".Length..]);
        Service.Refuse = request => request.RequestUri!.Port == blobs.Port ? StubHandler.Answer(status, code) : null;
        foreach (var call in new Func<Task>[]
        {
            () => AppendAsync("s", Event("large", 1 << 20)).AsTask(),
            () => ReadAsync(Journal, "s"),
            () => Storage.Snapshots.SaveAsync("o", Snapshot(2), Limit).AsTask(),
            () => Storage.Snapshots.ReadAsync("o", Limit).ToListAsync(Limit).AsTask(),
        })
        {
            var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => call().WaitAsync(Longest));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.Contains(blobs.Authority, error.Message, StringComparison.Ordinal);
        }

        Service.Refuse = null;
        Assert.Equal(2, (await AppendAsync("s", Event("small"))).LastVersion);
    }

    private static Snapshot Snapshot(long version) => new() { Incarnation = 1, Version = version, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[10] };
}
