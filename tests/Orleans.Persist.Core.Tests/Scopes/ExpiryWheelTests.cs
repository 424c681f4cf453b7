using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

public sealed class ExpiryWheelTests
{
    /// <summary>A plain sorted list is the oracle: whatever is added, removed and passed, the same slots fall due at the same time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_gives_out_what_a_sorted_list_would(int seed)
    {
        var random = new Random(seed);
        var now = 1_700_000_000_000L + random.Next();
        var slots = new ScopeSlots();
        var wheel = new ExpiryWheel(slots, keptFor: 0, now);
        var oracle = new Dictionary<int, long>();
        long[] spans = [1, 1_000, 256_000, 65_536_000, 70_000_000_000, 2_147_483_647_000];
        for (var round = 0; round < 3_000; round++)
        {
            switch (random.Next(3))
            {
                case 0 or 1:
                    var index = slots.Take();
                    slots[index].Location = [];
                    slots[index].Value = [];
                    slots[index].Expires = now + random.NextInt64(spans[random.Next(spans.Length)] + 1);
                    wheel.Add(index);
                    oracle[index] = slots[index].Expires;
                    break;
                case 2 when oracle.Count > 0 && random.Next(2) == 0:
                    var removed = oracle.Keys.ElementAt(random.Next(oracle.Count));
                    wheel.Remove(removed);
                    slots.Give(removed);
                    oracle.Remove(removed);
                    break;
                default:
                    now += random.NextInt64(spans[random.Next(spans.Length)] * (random.Next(20) == 0 ? 3 : 1) / 2 + 1);
                    var due = new List<int>();
                    while (wheel.Step(now, out var slot))
                    {
                        if (slot >= 0)
                            due.Add(slot);
                    }

                    // A slot may come up to a second late, never early.
                    Assert.All(due, slot => Assert.True(oracle[slot] <= now));
                    foreach (var slot in due)
                    {
                        oracle.Remove(slot);
                        slots.Give(slot);
                    }

                    Assert.All(oracle.Values, expires => Assert.True(expires > now - 1_000));
                    break;
            }
        }
    }
}
