using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>A stream that several releases of an application wrote, read by the newest: against a plain function as the oracle.</summary>
public sealed class EventTypesProperties
{
    private static EventTypes<IAccountEvent> Today { get; } = EventTypes<IAccountEvent>.Create(types => types
        .Add<Opened>("opened").Rename("created", "opened")
        .Add("deposited", 3, new BinaryDeposits())
        .AddOld<Deposited>("deposited", 2, (old, _) => [old])
        .AddOld<OldDeposited>("deposited", 1, (old, _) => old.Cents is 0 ? [] : [new Deposited(old.Cents / 100m)])
        .AddOld<OldTransfer>("transfer", 1, (old, _) => old.Cents.Select(cents => new Deposited(cents)))
        .Drop("debugged"));

    private static EventTypes<IAccountEvent> Before { get; } = EventTypes<IAccountEvent>.Create(types => types
        .Add<Opened>("created").Add<Deposited>("deposited", 2).Add<Renamed>("debugged"));

    [Fact]
    [Trait("Requirement", "p.12")]
    public void Events_of_every_release_become_what_the_registration_says() =>
        Prop.ForAll<(byte Kind, int Number, NonNull<string> Text, int[] Numbers)[]>(steps =>
        {
            var (read, expected) = (new List<IAccountEvent>(), new List<IAccountEvent>());
            for (var i = 0; i < steps.Length; i++)
            {
                var (kind, number, text, numbers) = steps[i];
                var (amount, owner) = (number / 100m, JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(text.Get))!); // half surrogates replaced
                var (recorded, today) = (kind % 7) switch
                {
                    0 => (Recorded.Of(Today.Stored(new Opened(owner))), new IAccountEvent[] { new Opened(owner) }),
                    1 => (Recorded.Of(Before.Stored(new Opened(owner))), [new Opened(owner)]),
                    2 => (Recorded.Of(Today.Stored(new Deposited(amount))), [new Deposited(amount)]),
                    3 => (Recorded.Of(Before.Stored(new Deposited(amount, owner))), [new Deposited(amount, owner)]),
                    4 => (Recorded.Json("deposited", JsonSerializer.Serialize(new { cents = number })), number is 0 ? [] : [new Deposited(amount)]),
                    5 => (Recorded.Json("transfer", JsonSerializer.Serialize(new { cents = numbers ?? [] })), [.. (numbers ?? []).Select(n => new Deposited(n))]),
                    _ => (Recorded.Of(Before.Stored(new Renamed(owner))), []),
                };
                expected.AddRange(today);
                if (Today.TryReadOne(recorded, out var one) != (kind % 7 < 3))
                    return false;
                if (one is not null)
                    read.Add(one);
                else
                    Today.FromJournal(recorded, read);
            }

            return read.SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
}
