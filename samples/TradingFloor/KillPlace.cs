using System.Globalization;

namespace TradingFloor;

/// <summary>Where the child is killed: when so many messages were stored after a tick's step began.</summary>
internal sealed record KillPlace(int Tick, Step Step, int Messages)
{
    public static KillPlace Parse(string text)
    {
        var parts = text.Split(':');
        return new KillPlace(int.Parse(parts[0], CultureInfo.InvariantCulture), Enum.Parse<Step>(parts[1]), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tick}:{Step}:{Messages}");
}
