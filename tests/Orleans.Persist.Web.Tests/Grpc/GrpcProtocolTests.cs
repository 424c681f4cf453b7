using System.Net;
using Google.Protobuf;
using Orleans.Persist.Protocol;
using Orleans.Persist.Scopes;
using Orleans.Persist.Web.Grpc;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>What a client may do wrong, and what it may ask for.</summary>
public sealed class GrpcProtocolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly LocationType Place = new() { Scope = new ScopeType { Type = ScopeChoice.Global }, Key = "k" };
    private static readonly byte[] LoadFrame = GrpcWire.Frame(new LoadRequest { Location = Place });

    [Theory]
    [Trait("Requirement", "t.5")]
    [InlineData("", "13", "there is no message")]
    [InlineData("0000", "13", "the message is cut off")]
    [InlineData("0000000005", "13", "the message is cut off")]
    [InlineData("00000000050A", "13", "the message is cut off")]
    [InlineData("0200000000", "13", "a message begins with 0 or 1, not with 2")]
    [InlineData("0100000000", "13", "the message is compressed, and no grpc-encoding says how")]
    [InlineData("00000000000000000000", "13", "there is more than the one message of a unary call")]
    [InlineData("00000000020AFF", "13", "the message cannot be read")]
    [InlineData("00000000030AFF01", "13", "the message cannot be read")]
    [InlineData("00FFFFFFFF", "8", "the message has 4,294,967,295 bytes")]
    [InlineData("0000000000", "2", "location cannot be nil")]
    public async Task A_malformed_frame_has_a_status_and_the_service_goes_on(string frame, string status, string message)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync(GrpcWire.Load, Convert.FromHexString(frame));
        Assert.Equal((HttpStatusCode.OK, status), (answer.Http, answer.Status));
        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
        await server.GoesOnAsync(wire);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_message_over_the_limit_is_refused_before_it_is_read()
    {
        await using var server = await GrpcTestServer.StartAsync(new GrpcServiceOptions { MaxMessageBytes = 2048 });
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place, Value = ByteString.CopyFrom(new byte[2048]) }));
        Assert.Equal("8", answer.Status);
        Assert.Contains("at most 2,048 are taken", answer.Message, StringComparison.Ordinal);
        Assert.Equal("0", (await wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place, Value = ByteString.CopyFrom(new byte[1024]) }))).Status);
        await server.GoesOnAsync(wire);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_value_of_4_MiB_goes_in_and_out()
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var value = ByteString.CopyFrom(Enumerable.Range(0, 4 << 20).Select(i => (byte)(i * 7)).ToArray());
        Assert.Equal("0", (await wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place, Value = value }))).Status);
        var answer = await wire.PostAsync(GrpcWire.Load, LoadFrame);
        Assert.Equal(value, LoadResponse.Parser.ParseFrom(answer.Body, 5, answer.Body.Length - 5).Value);
    }

    [Theory]
    [Trait("Requirement", "t.5")]
    [InlineData("/protob.EventStore/Increment")]
    [InlineData("/protob.KV/Save")]
    [InlineData("/grpc.health.v1.Health/List")]
    [InlineData("/")]
    public async Task An_unknown_method_is_unimplemented(string path)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync(path, LoadFrame);
        Assert.Equal((HttpStatusCode.OK, "12", $"unknown method {path}"), (answer.Http, answer.Status, answer.Message));
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task Compression_is_refused()
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync(GrpcWire.Load, GrpcWire.Frame([1, 2, 3], flag: 1), ("grpc-encoding", "gzip"));
        Assert.Equal(("12", "compression is not supported: gzip", "identity"), (answer.Status, answer.Message, answer.AcceptEncoding));
        answer = await wire.PostAsync(GrpcWire.Load, LoadFrame, ("grpc-encoding", "identity"), ("grpc-accept-encoding", "gzip"));
        Assert.Equal("3", answer.Status);
    }

    [Theory]
    [Trait("Requirement", "t.5")]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc;charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_content_type_that_is_not_gRPC_is_415(string contentType, HttpStatusCode status)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        Assert.Equal(status, (await wire.PostAsync(GrpcWire.Load, LoadFrame, ("content-type", contentType))).Http);
        using var get = await wire.GetAsync(GrpcWire.Load);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    [Theory]
    [Trait("Requirement", "t.2")]
    [InlineData("FF")]
    [InlineData("EDA080")]
    [InlineData("F09F98")]
    public async Task A_name_that_is_not_UTF_8_is_refused_and_the_replacement_character_is_a_name(string name)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var bytes = Convert.FromHexString(name);
        byte[] location = [0x0A, 2, 0x08, 2, 0x12, (byte)bytes.Length, .. bytes];
        Assert.Equal("13", (await wire.PostAsync(GrpcWire.Load, GrpcWire.Frame([0x0A, (byte)location.Length, .. location]))).Status);
        byte[] scope = [0x08, 1, 0x12, (byte)bytes.Length, .. bytes];
        location = [0x0A, (byte)scope.Length, .. scope, 0x12, 1, (byte)'k'];
        Assert.Equal("13", (await wire.PostAsync(GrpcWire.Load, GrpcWire.Frame([0x0A, (byte)location.Length, .. location]))).Status);
        var good = new LoadRequest { Location = new LocationType { Scope = new ScopeType { Type = ScopeChoice.Global }, Key = "\uFFFD" } };
        Assert.Equal("3", (await wire.PostAsync(GrpcWire.Load, GrpcWire.Frame(good))).Status);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task An_unknown_scope_is_named_by_its_number()
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync(GrpcWire.Load, GrpcWire.Frame(new LoadRequest { Location = new LocationType { Scope = new ScopeType { Type = (ScopeChoice)7 }, Key = "k" } }));
        Assert.Equal(("2", "unknown scope type 7"), (answer.Status, answer.Message));
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_full_store_is_resource_exhausted_and_other_bounds_are_invalid_arguments()
    {
        await using var server = await GrpcTestServer.StartAsync(storeOptions: new ScopedStoreOptions { MaxTotalBytes = 350, MaxValueBytes = 250 });
        using var wire = new GrpcWire(server.Address);
        Assert.Equal("3", (await SaveAsync(251)).Status);
        Assert.Equal("0", (await SaveAsync(190)).Status);
        var answer = await SaveAsync(190);
        Assert.Equal("8", answer.Status);
        Assert.StartsWith("The scoped store is full", answer.Message, StringComparison.Ordinal);

        Task<GrpcAnswer> SaveAsync(int length) => wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place, Value = ByteString.CopyFrom(new byte[length]) }));
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_deadline_ends_a_call_and_a_malformed_one_is_told()
    {
        var stuck = new StuckStore();
        await using var server = await GrpcTestServer.StartAsync(wrap: _ => stuck);
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place }), ("grpc-timeout", "50m")).WaitAsync(Limit);
        Assert.Equal("4", answer.Status);
        await stuck.Cancelled.Task.WaitAsync(Limit);
        Assert.Equal("4", (await wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place }), ("grpc-timeout", "0n")).WaitAsync(Limit)).Status);
        foreach (var malformed in new[] { "5", "5x", "-5S", "123456789S", "S" })
            Assert.Equal("13", (await wire.PostAsync(GrpcWire.Load, LoadFrame, ("grpc-timeout", malformed))).Status);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_caller_that_goes_away_cancels_its_call()
    {
        var stuck = new StuckStore();
        await using var server = await GrpcTestServer.StartAsync(wrap: _ => stuck);
        var wire = new GrpcWire(server.Address);
        var call = wire.PostAsync(GrpcWire.Save, GrpcWire.Frame(new SaveRequest { Location = Place }));
        await stuck.Called.Task.WaitAsync(Limit);
        wire.Dispose();
        await stuck.Cancelled.Task.WaitAsync(Limit);
        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_stream_that_never_ends_its_request_ends_with_the_time_limit()
    {
        await using var server = await GrpcTestServer.StartAsync(new GrpcServiceOptions { CallTimeout = TimeSpan.FromMilliseconds(300) });
        using var wire = new GrpcWire(server.Address);
        var open = new OpenContent(LoadFrame);
        var answer = await wire.PostAsync(GrpcWire.Load, open).WaitAsync(Limit);
        Assert.Equal("4", answer.Status);
        open.End();
        await server.GoesOnAsync(wire);
    }

    [Fact]
    [Trait("Requirement", "t.5")]
    public async Task A_token_is_asked_for_where_one_is_set()
    {
        await using var server = await GrpcTestServer.StartAsync(new GrpcServiceOptions { Token = "secret" });
        using var wire = new GrpcWire(server.Address);
        Assert.Equal("16", (await wire.PostAsync(GrpcWire.Load, LoadFrame)).Status);
        Assert.Equal("16", (await wire.PostAsync(GrpcWire.Load, LoadFrame, ("authorization", "Bearer wrong"))).Status);
        Assert.Equal("3", (await wire.PostAsync(GrpcWire.Load, LoadFrame, ("authorization", "Bearer secret"))).Status);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "can be reached from other machines")]
    [InlineData("http://example.org:80", "the host must be localhost or an IP address")]
    [InlineData("127.0.0.1:80", "is no address such as")]
    [InlineData("ftp://127.0.0.1:80", "is no address such as")]
    public void An_address_that_cannot_be_listened_at_is_refused(string url, string text) =>
        Assert.Contains(text, Assert.Throws<ArgumentException>(() => GrpcServer.ParseAddress(url, new GrpcServiceOptions())).Message, StringComparison.Ordinal);
}
