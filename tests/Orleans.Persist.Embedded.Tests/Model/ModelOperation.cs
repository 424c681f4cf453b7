using FsCheck;
using FsCheck.Fluent;

namespace Orleans.Persist.Embedded.Tests.Model;

/// <summary>A step of the model. What its numbers mean, relative to the state it meets, is said at <see cref="JournalModel"/>.</summary>
internal sealed record ModelOperation(ModelStep Step, int Stream, int A, int B)
{
    /// <summary>Sequences of steps, shrunk by leaving out.</summary>
    public static Arbitrary<ModelOperation[]> Sequences(int length, params (int Weight, ModelStep Step)[] steps)
    {
        var one =
            from step in Gen.Frequency(steps.Select(s => (s.Weight, Gen.Constant(s.Step))))
            from stream in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Choose(2, 24)))
            from a in Gen.Choose(0, 999)
            from b in Gen.Choose(0, 999)
            select new ModelOperation(step, stream, a, b);
        return Arb.From(Gen.ArrayOf(one, length), Shrink);
    }

    public override string ToString() => $"new({nameof(ModelStep)}.{Step}, {Stream}, {A}, {B})";

    private static IEnumerable<ModelOperation[]> Shrink(ModelOperation[] sequence)
    {
        for (var size = sequence.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= sequence.Length; at += size)
                yield return [.. sequence[..at], .. sequence[(at + size)..]];
        }
    }
}
