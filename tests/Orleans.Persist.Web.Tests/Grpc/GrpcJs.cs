using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>Calls with <c>@grpc/grpc-js</c>, in a process of its own.</summary>
internal static class GrpcJs
{
    /// <summary>Makes calls in order, and gives their answers: <c>response</c>, or <c>code</c> and <c>details</c>.</summary>
    public static async Task<JsonArray> CallAsync(string address, string? roots, params JsonObject[] calls)
    {
        var plan = new JsonObject
        {
            ["address"] = address,
            ["roots"] = roots,
            ["protos"] = new JsonArray(Path.Combine(GrpcJsFactAttribute.Folder, "eventstore.proto"), Path.Combine(GrpcJsFactAttribute.Folder, "health.proto")),
            ["calls"] = new JsonArray([.. calls]),
        };
        return (await RunAsync("driver.js", plan)).AsArray();
    }

    /// <summary>What a client finds out by reflection, and with the help of that.</summary>
    public static Task<JsonNode> ReflectAsync(string address) => RunAsync("reflect.js", new JsonObject { ["address"] = address });

    /// <summary>A client that watches the health of services, and prints what it is told. Whoever asks ends it.</summary>
    public static Process Watch(string address, params string[] services) => Start("watch.js", [address, .. services]);

    private static Process Start(string script, params string[] arguments) => Process.Start(new ProcessStartInfo("node", [script, .. arguments])
    {
        WorkingDirectory = GrpcJsFactAttribute.Folder,
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<JsonNode> RunAsync(string script, JsonObject input)
    {
        using var process = Start(script);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.ToJsonString());
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return JsonNode.Parse(output)!;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public static JsonObject Save(JsonObject location, string value, int ttl = 0) => new()
    {
        ["method"] = "Save",
        ["request"] = new JsonObject { ["location"] = location, ["ttl"] = ttl, ["value"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value)) },
    };

    public static JsonObject Load(JsonObject? location) => new() { ["method"] = "Load", ["request"] = new JsonObject { ["location"] = location } };

    public static JsonObject Delete(JsonObject location) => new() { ["method"] = "Delete", ["request"] = new JsonObject { ["location"] = location } };

    public static JsonObject Location(string type, string key, string bridge = "", string instance = "") => new()
    {
        ["scope"] = new JsonObject { ["type"] = type, ["bridge"] = bridge, ["instance"] = instance },
        ["key"] = key,
    };

    /// <summary>An answer in short: the value, <c>done</c>, or code and text.</summary>
    public static string Short(JsonNode? answer) => answer!["code"] is { } code ? $"{code} {answer["details"]}"
        : answer["response"]!["value"] is JsonValue value && value.GetValueKind() is JsonValueKind.String ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(value.GetValue<string>()))
        : answer["response"]!["status"] is { } status ? status.GetValue<string>()
        : "done";
}
