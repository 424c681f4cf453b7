using System.Buffers.Binary;
using Google.Protobuf.Reflection;
using Orleans.Persist.Protocol;
using Orleans.Persist.Web.Grpc;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>The methods whose calls are streams: reflection, and the watch on health.</summary>
public sealed class GrpcStreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [GrpcJsFact]
    [Trait("Requirement", "t.5")]
    public async Task A_client_that_knows_nothing_finds_the_services_by_reflection_and_calls_them()
    {
        await using var server = await GrpcTestServer.StartAsync();

        var answer = await GrpcJs.ReflectAsync(server.Address.Authority);

        Assert.Equal(
            ["protob.EventStore", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"],
            answer["services"]!.AsArray().Select(service => service!.GetValue<string>()));
        Assert.Equal("reflected", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(answer["loaded"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task Reflection_answers_each_request_of_a_stream_in_order(string version)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        ServerReflectionRequest[] requests =
        [
            new() { ListServices = "" },
            new() { FileContainingSymbol = "protob.EventStore.Load", Host = "h" },
            new() { FileByFilename = "health.proto" },
            new() { FileContainingSymbol = "grpc.health.v1.HealthCheckResponse.ServingStatus" },
            new() { FileContainingSymbol = "protob.KV" },
            new() { FileByFilename = "other.proto" },
            new() { AllExtensionNumbersOfType = "protob.ScopeType" },
            new() { FileContainingExtension = new ExtensionRequest { ContainingType = "protob.ScopeType", ExtensionNumber = 7 } },
            new(),
        ];

        var answer = await wire.PostAsync($"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", [.. requests.SelectMany(request => GrpcWire.Frame(request))]);

        Assert.Equal("0", answer.Status);
        var responses = Messages(answer.Body).Select(ServerReflectionResponse.Parser.ParseFrom).ToList();
        Assert.Equal(requests, responses.Select(response => response.OriginalRequest));
        Assert.Equal(3, responses[0].ListServicesResponse.Service.Count);
        Assert.Equal("h", responses[1].ValidHost);
        Assert.Equal(["eventstore.proto", "health.proto", "health.proto"], responses.Skip(1).Take(3).Select(FileOf));
        Assert.Equal([5, 5], responses.Skip(4).Take(2).Select(response => response.ErrorResponse.ErrorCode));
        Assert.Equal("protob.ScopeType", responses[6].AllExtensionNumbersResponse.BaseTypeName);
        Assert.Equal([5, 3], responses.Skip(7).Select(response => response.ErrorResponse.ErrorCode));
    }

    [Theory]
    [InlineData("", "0", "")]
    [InlineData("000000", "13", "the message is cut off")]
    [InlineData("0000000005AA", "13", "the message is cut off")]
    [InlineData("0300000000", "13", "a message begins with 0 or 1, not with 3")]
    [InlineData("00FFFFFFFF", "8", "the message has 4,294,967,295 bytes")]
    [InlineData("00000000020AFF", "13", "the message cannot be read")]
    public async Task A_malformed_frame_after_a_good_one_ends_the_stream_with_a_status_behind_the_answer_of_that(string frame, string status, string message)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        var good = GrpcWire.Frame(new ServerReflectionRequest { ListServices = "*" });

        var answer = await wire.PostAsync("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", [.. good, .. Convert.FromHexString(frame)]);

        Assert.Equal(status, answer.Status);
        Assert.StartsWith(message, answer.Message ?? "", StringComparison.Ordinal);
        Assert.Single(Messages(answer.Body));
    }

    [Fact]
    public async Task A_stream_ends_with_its_deadline_and_not_with_the_time_limit_of_other_calls()
    {
        await using var server = await GrpcTestServer.StartAsync(new GrpcServiceOptions { CallTimeout = TimeSpan.FromMilliseconds(1) });
        using var wire = new GrpcWire(server.Address);
        var answer = await wire.PostAsync("/grpc.health.v1.Health/Watch", GrpcWire.Frame(new HealthCheckRequest()), ("grpc-timeout", "500m"));
        Assert.Equal("4", answer.Status);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, HealthCheckResponse.Parser.ParseFrom(Messages(answer.Body).Single()).Status);
    }

    [Fact]
    public async Task A_stream_needs_the_token_too()
    {
        await using var server = await GrpcTestServer.StartAsync(new GrpcServiceOptions { Token = "secret" });
        using var wire = new GrpcWire(server.Address);
        Assert.Equal("16", (await wire.PostAsync("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", GrpcWire.Frame(new ServerReflectionRequest { ListServices = "" }))).Status);
    }

    [GrpcJsFact]
    public async Task Who_watches_is_told_the_state_at_once_and_when_the_server_stops()
    {
        var server = await GrpcTestServer.StartAsync();
        using var watch = GrpcJs.Watch(server.Address.Authority, "protob.EventStore", "other");
        try
        {
            string?[] first = [await LineAsync(), await LineAsync()];
            Assert.Equal(["other SERVICE_UNKNOWN", "protob.EventStore SERVING"], first.Order(StringComparer.Ordinal));

            await server.DisposeAsync().AsTask().WaitAsync(Limit); // which waits for no watch

            string?[] last = [await LineAsync(), await LineAsync()];
            Assert.Equal(["other 14 the server stops", "protob.EventStore 14 the server stops"], last.Order(StringComparer.Ordinal));
        }
        finally
        {
            watch.Kill();
        }

        Task<string?> LineAsync() => watch.StandardOutput.ReadLineAsync().WaitAsync(Limit);
    }

    private static string FileOf(ServerReflectionResponse response) =>
        FileDescriptorProto.Parser.ParseFrom(Assert.Single(response.FileDescriptorResponse.FileDescriptorProto)).Name;

    private static List<byte[]> Messages(byte[] body)
    {
        var messages = new List<byte[]>();
        for (var at = 0; at < body.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            messages.Add(body[(at + 5)..(at + 5 + length)]);
            at += 5 + length;
        }

        return messages;
    }
}
