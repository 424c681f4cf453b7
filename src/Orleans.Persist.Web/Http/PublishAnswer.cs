using System.ComponentModel;

namespace Orleans.Persist.Web.Http;

/// <summary>What became of published events.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Incarnation">The incarnation of its stream.</param>
/// <param name="First">The sequence number of the first event.</param>
/// <param name="Last">The sequence number of the last event.</param>
/// <param name="Recorded">When they were recorded.</param>
/// <param name="Duplicate">Whether they were there already.</param>
[Description("What became of published events. They are durable.")]
internal sealed record PublishAnswer(
    string Source,
    int Incarnation,
    [property: Description("The sequence number of the first event.")] long First,
    [property: Description("The sequence number of the last event.")] long Last,
    DateTimeOffset Recorded,
    [property: Description("Whether the events were there already, and nothing was stored.")] bool Duplicate);
