using System.Text.Json.Nodes;
using Orleans.Persist.Web.Grpc;
using static Orleans.Persist.Web.Tests.Grpc.GrpcJs;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>The service as a client sees it that was not written here.</summary>
public sealed class GrpcJsTests
{
    [GrpcJsFact]
    [Trait("Requirement", "t.1")]
    [Trait("Requirement", "t.5")]
    public async Task It_saves_loads_and_deletes_at_three_scopes()
    {
        await using var server = await GrpcTestServer.StartAsync();
        var answers = await CallAsync(
            server.Address.Authority,
            null,
            Save(Location("Global", "k"), "global"),
            Save(Location("Bridge", "k", "b"), "bridge", 10),
            Save(Location("Instance", "k", "b", "i"), "instance"),
            Load(Location("Global", "k")),
            Load(Location("Bridge", "k", "b")),
            Load(Location("Instance", "k", "b", "i")),
            Delete(Location("Bridge", "k", "b")),
            Delete(Location("Bridge", "k", "b")),
            Load(Location("Bridge", "k", "b")),
            new JsonObject { ["service"] = "Health", ["method"] = "Check", ["request"] = new JsonObject { ["service"] = "protob.EventStore" } },
            new JsonObject { ["service"] = "Health", ["method"] = "Check", ["request"] = new JsonObject { ["service"] = "other" } });
        Assert.Equal(
            ["done", "done", "done", "global", "bridge", "instance", "done", "done", "3 key \"bridge.b.k\" not present at store", "SERVING", "5 unknown service other"],
            answers.Select(Short));
    }

    [GrpcJsFact]
    [Trait("Requirement", "t.5")]
    public async Task It_works_over_TLS()
    {
        using var certificate = new TestCertificate();
        await using var server = await GrpcTestServer.StartAsync(certificate: certificate);
        var answers = await CallAsync(server.Address.Authority, certificate.Pem, Save(Location("Global", "k"), "v"), Load(Location("Global", "k")));
        Assert.Equal(["done", "v"], answers.Select(Short));
    }

    [GrpcJsFact]
    [Trait("Requirement", "t.4")]
    [Trait("Requirement", "t.5")]
    public async Task Errors_have_the_published_codes_and_texts()
    {
        await using var server = await GrpcTestServer.StartAsync();
        await server.Store.SaveAsync(Scopes.Scope.Global.Key("old"), new byte[1], TimeSpan.FromSeconds(1));
        server.Time.Advance(TimeSpan.FromSeconds(2));
        var answers = await CallAsync(server.Address.Authority, null, Wrong());
        Assert.Equal(
            [
                "2 location cannot be nil",
                "2 scope cannot be nil",
                "2 location key needs to be informed",
                "2 TTL cannot be negative",
                "2 global scope should not inform bridge nor instance",
                "2 bridge scope needs the bridge identifier to be informed",
                "2 bridge scope should not inform instance",
                "2 instance scope needs bridge and instance identifiers to be informed",
                "3 key \"global.none\" not present at store",
                "3 key \"global.old\" is expired",
            ],
            answers.Select(Short));
    }

    [GrpcJsFact]
    [Trait("Requirement", "t.4")]
    public async Task Errors_have_the_standard_codes_when_asked_for()
    {
        await using var server = await GrpcTestServer.StartAsync(new GrpcServiceOptions { StandardStatusCodes = true });
        var answers = await CallAsync(server.Address.Authority, null, Wrong());
        Assert.Equal([.. Enumerable.Repeat("3", 8), "5", "5"], answers.Select(answer => answer!["code"]!.ToString()));
    }

    private static JsonObject[] Wrong() =>
    [
        Load(null),
        Load(new JsonObject { ["key"] = "k" }),
        Load(Location("Global", "")),
        Save(Location("Global", "k"), "v", -1),
        Save(Location("Global", "k", "b"), "v"),
        Load(Location("Bridge", "k")),
        Load(Location("Bridge", "k", "b", "i")),
        Delete(Location("Instance", "k", "b")),
        Load(Location("Global", "none")),
        Load(Location("Global", "old")),
    ];
}
