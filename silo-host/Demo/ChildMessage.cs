using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>A line that a child of the demo writes to its standard output.</summary>
internal sealed record ChildMessage
{
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>What it says.</summary>
    public required ChildMessageKind Kind { get; init; }

    /// <summary>How many events the source has.</summary>
    public long Events { get; init; }

    /// <summary>The sink concerned.</summary>
    public string? Sink { get; init; }

    /// <summary>The version that the sink's export or import covers.</summary>
    public long Version { get; init; }

    /// <summary>From opening the directory until every sink has what was there, in milliseconds.</summary>
    public double Milliseconds { get; init; }

    /// <summary>The sinks.</summary>
    public IReadOnlyList<SinkStatus>? Sinks { get; init; }

    /// <summary>Where other silos reach the one that started.</summary>
    public int SiloPort { get; init; }

    /// <summary>Where clients reach the silo that started.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The message as one line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no such message.</exception>
    public static ChildMessage Parse(string line) =>
        JsonSerializer.Deserialize<ChildMessage>(line, Json) ?? throw new JsonException("The message is null.");
}
