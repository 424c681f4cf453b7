using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;

namespace Orleans.Persist.Embedded.Tests.Model;

/// <summary>Random operations against memory and embedded side by side. The seed of a run that fails is printed; put it in as a fixed one to see it again.</summary>
public sealed class JournalModelTests(ITestOutputHelper output)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private static readonly (int Weight, ModelStep Step)[] Calm =
    [
        (10, ModelStep.Append), (6, ModelStep.AppendExactly), (3, ModelStep.AppendLarge), (4, ModelStep.Produce), (5, ModelStep.Retry),
        (3, ModelStep.RetryPartly), (8, ModelStep.Read), (1, ModelStep.ReadAll), (3, ModelStep.Truncate), (2, ModelStep.Delete),
        (4, ModelStep.SaveSnapshot), (2, ModelStep.ReadSnapshots), (3, ModelStep.Tick), (1, ModelStep.Reopen), (1, ModelStep.Compact),
    ];

    private static readonly (int Weight, ModelStep Step)[] Stormy =
    [
        .. Calm, (2, ModelStep.Kill), (2, ModelStep.PowerLoss), (2, ModelStep.CutPower), (1, ModelStep.DamageTail),
        (1, ModelStep.FailFlush), (1, ModelStep.ShortWrite), (1, ModelStep.FillDisk),
    ];

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, Random()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_answer_is_that_of_memory(ulong seed) => Run(seed, Calm);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_was_acknowledged_survives_kills_power_loss_and_faults(ulong seed) => Run(seed, Stormy);

    private static ulong Random() => (ulong)System.Random.Shared.NextInt64();

    private void Run(ulong seed, (int Weight, ModelStep Step)[] steps)
    {
        output.WriteLine($"seed {seed}");
        var config = Config.QuickThrowOnFailure.WithMaxTest(8).WithQuietOnSuccess(true)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, Gamma), FSharpOption<int>.None)));
        Prop.ForAll(ModelOperation.Sequences(100, steps), sequence => JournalModel.RunAsync(sequence).GetAwaiter().GetResult()).Check(config);
    }
}
