using System.Globalization;

namespace TradingFloor;

/// <summary>The process that is killed: runs the plan on a directory, and says on standard output how far it is.</summary>
internal static class Child
{
    public const string Rebuilt = "rebuilt";

    public static async Task<int> RunAsync(string directory, FloorPlan plan, KillPlace? killAt, CancellationToken cancellationToken)
    {
        EndWithParent();
        using var kill = new SelfKill();
        await using var floor = await Floor.OpenAsync(directory, plan, cancellationToken);
        var found = floor.Rebuilt;
        Say($"{Rebuilt} {found.Tick} {found.Actors} {found.Messages} {found.Unfinished} {found.Milliseconds:F1}");
        await floor.RunAsync(Reached, cancellationToken);
        return 0;

        void Reached(int tick, Step step)
        {
            if (killAt is not null && (tick, step) == (killAt.Tick, killAt.Step))
                kill.After(killAt.Messages);
            if (step == Step.Timers)
                Say($"{tick}");
        }
    }

    private static void Say(FormattableString line)
    {
        Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }

    /// <summary>Standard input is a pipe from the parent: it ends with it.</summary>
    private static void EndWithParent() => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Environment.Exit(3);
    }) { IsBackground = true, Name = "parent watch" }.Start();
}
