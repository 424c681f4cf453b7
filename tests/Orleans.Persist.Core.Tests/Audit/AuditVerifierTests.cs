using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Audit;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Audit;

[Trait("Requirement", "s.8")]
public sealed class AuditVerifierTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Any_change_insertion_removal_or_swap_is_found_and_located_between_two_checkpoints()
    {
        var cases =
            from count in Gen.Choose(10, 60)
            from marks in Gen.ListOf(Gen.Choose(1, count))
            from at in Gen.Choose(1, count - 1)
            from kind in Gen.Choose(0, 4)
            select (count, marks.Append(count).Distinct().Order().ToArray(), at, kind);
        Prop.ForAll(Arb.From(cases), input =>
        {
            var (count, marks, at, kind) = input;
            var events = Events(count);
            var checkpoints = Checkpoints(events, marks);
            var sound = Verify(events, checkpoints);
            Assert.Equal((marks.Length, (long)count, 0), (sound.Checkpoints, sound.Proven, sound.Findings.Count));

            var report = Verify(Tampered(events, at, kind), checkpoints);
            var end = marks.First(mark => mark >= at);
            var begin = marks.LastOrDefault(mark => mark < at) + 1;
            Assert.Equal((begin, end), (report.Findings[0].From, report.Findings[0].To)); // the first one that differs
            Assert.True(report.Checkpoints >= marks.Count(mark => mark < at)); // what is before it is proven all the same
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void A_history_cut_off_at_its_end_is_missing_what_checkpoints_prove()
    {
        var events = Events(20);
        var finding = Assert.Single(Verify(events.Take(14), Checkpoints(events, 10, 20)).Findings);
        Assert.Equal((11, 20), (finding.From, finding.To));
        Assert.Equal(1, Assert.Single(Verify([], Checkpoints(events, 20)).Findings).From);
    }

    [Fact]
    public void A_truncated_source_is_proven_from_its_anchor_which_need_not_be_trusted()
    {
        var events = Events(30);
        var trusted = Checkpoints(events, 10, 20, 30);
        var (anchor, forged) = (Checkpoints(events, 15), Checkpoints(Tampered(events, 3, 0), 15));

        var kept = Verify(events.Skip(15), trusted, anchor);
        Assert.Equal((2, 15, 15, 0), (kept.Checkpoints, kept.Proven, kept.Truncated, kept.Findings.Count));
        var unanchored = Verify(events.Skip(15), trusted);
        Assert.Equal((1, 10, 5, 0), (unanchored.Checkpoints, unanchored.Proven, unanchored.Unproven, unanchored.Findings.Count));
        var atOne = Verify(events.Skip(20), trusted);
        Assert.Equal((1, 10, 0), (atOne.Checkpoints, atOne.Proven, atOne.Findings.Count));
        Assert.Equal((16, 20), Verify(events.Skip(15), trusted, forged).Findings.Select(f => (f.From, f.To)).Single());
        Assert.Equal((16, 20), Verify(Tampered(events, 18, 0).Skip(15), trusted, anchor).Findings.Select(f => (f.From, f.To)).Single());
    }

    [Fact]
    public void Events_that_are_missing_in_the_middle_are_a_finding()
    {
        var events = Events(20);
        var report = Verify(events.Where(e => e.Version is < 8 or > 9), Checkpoints(events, 5, 15, 20));
        Assert.Equal((8, 9), report.Findings.Select(f => (f.From, f.To)).Single());
        Assert.Equal((2, 10), (report.Checkpoints, report.Proven));
    }

    [Fact]
    public void A_checkpoint_goes_through_json_and_anything_else_is_refused()
    {
        var checkpoint = Checkpoints(Events(3), 3)[0];
        using var key = AuditKey.FromSecret(new byte[32]);
        Assert.Equal(key.Sign(checkpoint), AuditCheckpoint.Parse(key.Sign(checkpoint).ToJson()));
        foreach (var bad in (string[])["", "[]", "null", "{}", checkpoint.ToJson().Replace("\"version\":3", "\"version\":0"), checkpoint.ToJson().Replace(checkpoint.Hash, "abc"), checkpoint.ToJson().Replace("\"source\"", "\"sauce\"")])
            Assert.Throws<FormatException>(() => AuditCheckpoint.Parse(bad));
    }

    [Fact]
    public void Signatures_of_both_kinds_are_checked()
    {
        var checkpoints = Checkpoints(Events(3), 3);
        var pem = Path.GetTempFileName();
        try
        {
            using var ecdsa = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
            File.WriteAllText(pem, ecdsa.ExportPkcs8PrivateKeyPem());
            using var own = AuditKey.Load(pem);
            File.WriteAllText(pem, ecdsa.ExportSubjectPublicKeyInfoPem());
            using var known = AuditKey.Load(pem);
            using var secret = AuditKey.FromSecret(Encoding.UTF8.GetBytes(new string('x', 32)));
            using var other = AuditKey.FromSecret(new byte[32]);
            var (signed, shared) = (own.Sign(checkpoints[0]), secret.Sign(checkpoints[0]));
            Assert.True(known.Verify(signed));
            Assert.True(secret.Verify(shared));
            Assert.False(known.Verify(signed with { Version = 2 }));
            Assert.False(other.Verify(shared));
            Assert.False(other.Verify(checkpoints[0]));
            Assert.False(known.Verify(shared));
            Assert.Throws<ArgumentException>(() => new AuditVerifier([shared], key: other));
            Assert.Throws<ArgumentException>(() => new AuditVerifier([checkpoints[0], checkpoints[0] with { Hash = new string('0', 64) }]));
        }
        finally
        {
            File.Delete(pem);
        }
    }

    private static AuditReport Verify(IEnumerable<RecordedEvent> events, IEnumerable<AuditCheckpoint> checkpoints, IEnumerable<AuditCheckpoint>? anchors = null)
    {
        var verifier = new AuditVerifier(checkpoints, anchors);
        foreach (var @event in events)
            verifier.Add(@event);
        return verifier.Finish();
    }

    private static List<AuditCheckpoint> Checkpoints(IReadOnlyList<RecordedEvent> events, params int[] versions)
    {
        var chain = new AuditChain("s", 1);
        var checkpoints = new List<AuditCheckpoint>();
        foreach (var @event in events)
        {
            chain.Add(@event);
            if (versions.Contains((int)@event.Version))
                checkpoints.Add(new AuditCheckpoint { Source = "s", Incarnation = 1, Version = chain.Version, Hash = chain.Hash, Taken = new DateTimeOffset(Start) });
        }

        return checkpoints;
    }

    private static List<RecordedEvent> Events(int count) => [.. Enumerable.Range(1, count).Select(i => Event(i, i))];

    /// <summary>As an attacker would leave it: with versions that follow on each other.</summary>
    private static List<RecordedEvent> Tampered(List<RecordedEvent> events, int at, int kind)
    {
        var numbers = events.Select(e => (int)e.Version).ToList();
        switch (kind)
        {
            case 0:
                numbers[at - 1] = 1_000;
                break;
            case 1:
                numbers.Insert(at - 1, 1_000);
                break;
            case 2:
                numbers.RemoveAt(at - 1);
                break;
            case 3:
                (numbers[at - 1], numbers[at]) = (numbers[at], numbers[at - 1]);
                break;
            default: // only the time at which it was recorded
                return [.. events.Select(e => e.Version == at ? Event(at, at, recorded: Start.AddTicks(1)) : e)];
        }

        return [.. numbers.Select((number, i) => Event(i + 1, number))];
    }

    private static RecordedEvent Event(int version, int number, DateTime? recorded = null)
    {
        var data = new EventData { Type = "t", Data = Encoding.UTF8.GetBytes($"{number}"), Id = $"id-{number}" };
        var body = new byte[EventBody.MaxLength(data)];
        return new RecordedEvent("s", 1, version, version, recorded ?? Start, body.AsMemory(0, EventBody.Write(data, Start.Ticks, body)));
    }
}
