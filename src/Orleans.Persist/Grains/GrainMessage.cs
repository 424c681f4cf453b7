using Orleans.Persist.Processes;

namespace Orleans.Persist.Grains;

/// <summary>A message from one persistent grain to another, on its way.</summary>
/// <param name="Sender">The sender's grain id.</param>
/// <param name="Incarnation">With the next two, the <see cref="SendNumber"/>.</param>
/// <param name="Version">See <see cref="SendNumber"/>.</param>
/// <param name="Ordinal">See <see cref="SendNumber"/>.</param>
/// <param name="Type">The stable name of the message's type.</param>
/// <param name="Data">The message, by Orleans' serializer.</param>
[GenerateSerializer]
[Immutable]
[Alias("Orleans.Persist.GrainMessage")]
public sealed record GrainMessage(
    [property: Id(0)] string Sender,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] long Version,
    [property: Id(3)] int Ordinal,
    [property: Id(4)] string Type,
    [property: Id(5)] byte[] Data)
{
    internal SendOrigin Origin => new(Sender, new SendNumber(Incarnation, Version, Ordinal));

    internal static GrainMessage Of(string sender, PendingSend send) =>
        new(sender, send.Number.Incarnation, send.Number.Version, send.Number.Ordinal, send.Message.Type, send.Message.Data.ToArray());
}
