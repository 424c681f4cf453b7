using System.Net.Security;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Client.Tests;

/// <summary>The client and the real server.</summary>
public sealed class EventStoreClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Requirement", "t.6")]
    [Trait("Requirement", "t.1")]
    public async Task It_connects_saves_loads_deletes_and_disconnects_in_the_published_shape()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = new EventStoreClient(server.Address.Authority, TimeSpan.FromSeconds(10));
        await client.ConnectAsync();
        EventStoreScope[] scopes = [client.Global(), client.Bridge("b"), client.Instance("b", "i")];
        foreach (var (scope, index) in scopes.Select((scope, index) => (scope, index)))
            await scope.SaveValueAsync("k", Encoding.UTF8.GetBytes($"{index}"), 20);
        foreach (var (scope, index) in scopes.Select((scope, index) => (scope, index)))
            Assert.Equal($"{index}", Encoding.UTF8.GetString((await scope.LoadValueAsync("k")).Span));
        await scopes[1].DeleteValueAsync("k");
        await scopes[1].DeleteValueAsync("k");
        var missing = await Assert.ThrowsAsync<ValueNotFoundException>(() => scopes[1].LoadValueAsync("k"));
        Assert.Equal((false, GrpcStatus.InvalidArgument, "key \"bridge.b.k\" not present at store"), (missing.IsExpired, missing.Status, missing.Message));
        await client.DisconnectAsync();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => scopes[0].LoadValueAsync("k"));
        Assert.Equal("Event store client is not connected", error.Message);
        await client.ConnectAsync();
        Assert.Equal("0", Encoding.UTF8.GetString((await scopes[0].LoadValueAsync("k")).Span));
    }

    [Fact]
    [Trait("Requirement", "t.6")]
    [Trait("Requirement", "t.4")]
    public async Task An_expired_value_is_told_from_a_missing_one_with_both_kinds_of_codes()
    {
        foreach (var standard in new[] { false, true })
        {
            await using var server = await TestServer.StartAsync(options => options.StandardStatusCodes = standard);
            await using var client = await ConnectAsync(server);
            await client.Global().SaveValueAsync("k", new byte[] { 1 }, 5);
            server.Time.Advance(TimeSpan.FromSeconds(5));
            Assert.True((await Assert.ThrowsAsync<ValueNotFoundException>(() => client.Global().LoadValueAsync("k"))).IsExpired);
            server.Time.Advance(TimeSpan.FromSeconds(30));
            Assert.False((await Assert.ThrowsAsync<ValueNotFoundException>(() => client.Global().LoadValueAsync("k"))).IsExpired);
        }
    }

    [Fact]
    [Trait("Requirement", "t.6")]
    public async Task What_is_not_valid_is_refused_before_it_is_sent_with_the_published_texts()
    {
        await using var client = new EventStoreClient("127.0.0.1:1", Limit);
        Assert.Equal("bridge scope needs the bridge identifier to be informed", Assert.Throws<ArgumentException>(() => client.Bridge("")).Message);
        Assert.Equal("instance scope needs bridge and instance identifiers to be informed", Assert.Throws<ArgumentException>(() => client.Instance("b", "")).Message);
        Assert.Equal("location key needs to be informed", (await Assert.ThrowsAsync<ArgumentException>(() => client.Global().LoadValueAsync(""))).Message);
        Assert.Equal("TTL cannot be negative", (await Assert.ThrowsAsync<ArgumentException>(() => client.Global().SaveValueAsync("k", default, -1))).Message);
    }

    [Theory]
    [Trait("Requirement", "t.6")]
    [InlineData("dns:///{0}")]
    [InlineData("http://{0}")]
    [InlineData("{0}")]
    public async Task Addresses_are_written_as_the_published_clients_do(string address)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = new EventStoreClient(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, server.Address.Authority), Limit);
        await client.ConnectAsync();
        await client.Global().SaveValueAsync("k", default, 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("dns:///host")]
    [InlineData("ftp://host:1")]
    [InlineData("http://host:1/path")]
    [InlineData("host:x")]
    public void An_address_that_is_none_is_refused(string address) =>
        Assert.Contains("is no address of a service", Assert.Throws<ArgumentException>(() => new EventStoreClient(address, Limit)).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Requirement", "t.6")]
    public async Task It_works_over_TLS_and_refuses_a_certificate_it_does_not_trust()
    {
        await using var server = await TestServer.StartAsync(tls: true);
        var options = new EventStoreClientOptions { Address = server.Address.ToString(), Timeout = TimeSpan.FromSeconds(10), MaxRetries = 0 };
        await using (var trusting = new EventStoreClient(options))
            Assert.Equal(GrpcStatus.Unavailable, (await Assert.ThrowsAsync<EventStoreException>(() => trusting.ConnectAsync())).Status);
        options.Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = server.Trust };
        await using var client = new EventStoreClient(options);
        await client.ConnectAsync();
        await client.Global().SaveValueAsync("k", new byte[] { 7 }, 0);
        Assert.Equal([7], (await client.Global().LoadValueAsync("k")).ToArray());
    }

    [Fact]
    [Trait("Requirement", "t.6")]
    public async Task A_service_that_is_not_there_is_unavailable_and_one_that_hangs_ends_with_the_timeout()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var address = silent.LocalEndpoint.ToString()!;
        await using (var client = new EventStoreClient(address, TimeSpan.FromMilliseconds(300)))
            Assert.Equal(GrpcStatus.DeadlineExceeded, (await Assert.ThrowsAsync<EventStoreException>(() => client.ConnectAsync().WaitAsync(Limit))).Status);
        silent.Stop();
        await using (var client = new EventStoreClient(address, TimeSpan.FromMilliseconds(500)))
            Assert.Equal(GrpcStatus.Unavailable, (await Assert.ThrowsAsync<EventStoreException>(() => client.ConnectAsync().WaitAsync(Limit))).Status);
    }

    [Fact]
    [Trait("Requirement", "t.6")]
    public async Task A_load_is_made_again_after_a_failure_and_a_save_is_not()
    {
        var flaky = new FlakyStore();
        await using var server = await TestServer.StartAsync(wrap: _ => flaky);
        await using var client = await ConnectAsync(server);
        flaky.Failures = 2;
        Assert.Equal([1], (await client.Global().LoadValueAsync("k")).ToArray());
        Assert.Equal(3, flaky.Loads);
        flaky.Failures = 1;
        Assert.Equal(GrpcStatus.Unavailable, (await Assert.ThrowsAsync<EventStoreException>(() => client.Global().SaveValueAsync("k", default, 0))).Status);
        Assert.Equal(1, flaky.Saves);
    }

    [Fact]
    [Trait("Requirement", "t.6")]
    public async Task A_cancelled_call_ends()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await ConnectAsync(server);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Global().LoadValueAsync("k", cancelled.Token));
    }

    [Fact]
    [Trait("Requirement", "t.6")]
    public async Task A_container_makes_one_that_connects_with_its_first_call()
    {
        await using var server = await TestServer.StartAsync(options => options.Token = "secret");
        await using var services = new ServiceCollection()
            .AddEventStoreClient(options => (options.Address, options.Token) = (server.Address.Authority, "secret"))
            .BuildServiceProvider();
        await services.GetRequiredService<EventStoreClient>().Bridge("b").SaveValueAsync("k", new byte[] { 3 }, 0);
        Assert.Equal([3], (await server.Store.LoadAsync(Scope.Bridge("b").Key("k"))).ToArray());
    }

    private static async Task<EventStoreClient> ConnectAsync(TestServer server)
    {
        var client = new EventStoreClient(server.Address.Authority, TimeSpan.FromSeconds(10));
        await client.ConnectAsync();
        return client;
    }
}
