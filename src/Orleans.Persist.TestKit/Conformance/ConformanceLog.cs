using System.Text.Json.Serialization;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>The state of the suites' processes: everything that happened, in order.</summary>
public sealed class ConformanceLog
{
    /// <summary>The texts of the events or messages.</summary>
    public List<string> Texts { get; set; } = [];

    /// <summary>How many of them a recovery has handled since the state was made or read from a snapshot. No part of what is stored.</summary>
    [JsonIgnore]
    public int Replayed { get; set; }

    /// <summary>The version of the snapshot it goes on from, 0 without one. No part of what is stored.</summary>
    [JsonIgnore]
    public long Snapshot { get; set; }
}
