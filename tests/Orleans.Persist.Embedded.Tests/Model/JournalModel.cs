using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;
using Orleans.Persist.TestKit.Conformance;
using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.Embedded.Tests.Model;

/// <summary>Runs operations against the journal in memory and the embedded one side by side, through crashes and faults, and compares every answer.</summary>
/// <remarks>
/// What was acknowledged must be there after everything. What failed with <see cref="JournalUnavailableException"/> is in doubt until
/// the same log has taken something later: it may turn up, whole, when the storage is opened again, and is then done in memory as well.
/// </remarks>
internal sealed partial class JournalModel : IAsyncDisposable
{
    private readonly ConformanceClock _clock = new();
    private readonly MemoryJournal _oracle;
    private readonly JournalSnapshotStore _oracleSnapshots;
    private readonly EmbeddedOptions _options = new() { SegmentBytes = 64 << 10, CachedStreams = 16, IdWindow = 8, CompactInBackground = false, IndexStreamsFrom = 3, FlushOnCallerBelow = TimeSpan.FromMilliseconds(10) };
    private readonly List<(string Stream, EventData[] Events, ProducerSequence? Producer, ExpectedVersion Expected)> _calls = [];
    private readonly List<ModelDoubt> _doubts = [];
    private readonly HashSet<string> _streams = new(StringComparer.Ordinal);
    private FaultyDirectory _directory = new();
    private EmbeddedStorage? _tested;
    private bool _armed;
    private int _texts;

    private JournalModel()
    {
        _oracle = new MemoryJournal(_clock, new JournalLimits(64 << 20, 100_000, _options.IdWindow));
        _oracleSnapshots = new JournalSnapshotStore(new MemoryJournal(_clock), _options.KeepSnapshots);
        RememberIds(_oracle);
    }

    private EmbeddedStorage Tested => _tested ?? throw new InvalidOperationException("The storage is closed.");

    /// <summary>Runs a sequence; a difference fails the test with the step it was seen at.</summary>
    public static async Task RunAsync(IReadOnlyList<ModelOperation> operations)
    {
        await using var model = new JournalModel();
        await model.OpenAsync();
        for (var i = 0; i < operations.Count; i++)
        {
            try
            {
                await model.DoAsync(operations[i]);
                if (model._directory.Disk.IsOff)
                    await model.CrashAsync(power: operations[i].B % 2 == 0, operations[i].B);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Step {i}, {operations[i]}: {e.Message}", e);
            }
        }

        await model.CompareAllAsync();
        model.Heal();
        await model.ReopenAsync();
        await model.CompareAllAsync();
        await model._tested!.DisposeAsync();
        model._tested = null;
        var report = await EmbeddedVerifier.VerifyAsync(model._directory);
        Assert.Empty(report.Damage);
    }

    public async ValueTask DisposeAsync()
    {
        _ = _directory.Kill(); // whatever still runs ends with an error
        await CloseQuietlyAsync();
    }

    /// <summary>Two of the streams are compared with their whole history, as those of sources.</summary>
    private static void RememberIds(IExactIdJournal journal)
    {
        foreach (var stream in (string[])["s0", "s1"])
            journal.RememberIds(stream);
    }

    private Task DoAsync(ModelOperation operation)
    {
        var (stream, a, b) = ($"s{operation.Stream}", operation.A, operation.B);
        switch (operation.Step)
        {
            case ModelStep.Append:
                return AppendAsync(stream, NewEvents(1 + (a % 3), ids: b % 2 == 0), null, ExpectedVersion.Any);
            case ModelStep.AppendLarge:
                return AppendAsync(stream, NewEvents(1 + (a % 2), ids: b % 2 == 0, size: 20 * a), null, ExpectedVersion.Any);
            case ModelStep.AppendExactly:
                return AppendAtAsync(stream, a % 4 - 2, b % 3, NewEvents(1 + (b % 2), ids: a % 2 == 0));
            case ModelStep.AppendIf:
                return AppendIfAsync(stream, $"u{a % 2}", b % 4 == 0, NewEvents(1 + (b % 3), ids: a % 3 == 0));
            case ModelStep.Produce:
                return AppendAsync(stream, NewEvents(1 + (b % 2), ids: b % 3 == 0), new ProducerSequence($"p{a % 3}", 1 + (a * 7 % 40)), ExpectedVersion.Any);
            case ModelStep.Retry when _calls.Count > 0:
                var call = _calls[^(1 + (a % Math.Min(_calls.Count, 40)))];
                return AppendAsync(call.Stream, call.Events, call.Producer, call.Expected);
            case ModelStep.RetryPartly when _calls.Count > 0:
                var part = _calls[^(1 + (a % Math.Min(_calls.Count, 5)))];
                return AppendAsync(part.Stream, b % 2 == 0 ? [part.Events[0], .. NewEvents(1, ids: true)] : [.. NewEvents(1, ids: true), part.Events[^1]], null, part.Expected);
            case ModelStep.Read:
                return ReadAsync(stream, a, b);
            case ModelStep.ReadAll:
                return SameAsync(() => ModelAnswers.OrderAsync(_oracle, _oracle, 1), () => ModelAnswers.OrderAsync(Tested.EmbeddedJournal, _oracle, 1));
            case ModelStep.Truncate:
                return TruncateAsync(stream, a % 8);
            case ModelStep.Delete:
                return DeleteAsync(stream, a % 3);
            case ModelStep.SaveSnapshot:
                return SaveSnapshotAsync(stream, 1 + (a % 50), 1 + (b % 50 / 49));
            case ModelStep.ReadSnapshots:
                return SameAsync(() => ModelAnswers.OfAsync(_oracleSnapshots, stream), () => ModelAnswers.OfAsync(Tested.Snapshots, stream));
            case ModelStep.Tick:
                _clock.Now += TimeSpan.FromSeconds(a);
                return Task.CompletedTask;
            case ModelStep.Reopen:
                return ReopenAsync();
            case ModelStep.Compact:
                return CompactAsync();
            case ModelStep.Kill:
                return CrashAsync(power: false, b);
            case ModelStep.PowerLoss:
                return CrashAsync(power: true, b);
            case ModelStep.DamageTail:
                return CrashAsync(power: false, b, damage: true);
            default:
                Arm(operation.Step, a);
                return Task.CompletedTask;
        }
    }

    private async Task AppendAtAsync(string stream, int offset, int incarnations, EventData[] events)
    {
        var head = await _oracle.GetHeadAsync(stream);
        var expected = new ExpectedVersion(Math.Max(0, head.Version + Math.Min(0, offset + 1)), incarnations == 0 ? 0 : head.Incarnation + incarnations - 1);
        await AppendAsync(stream, events, null, expected);
    }

    private async Task AppendAsync(string stream, EventData[] events, ProducerSequence? producer, ExpectedVersion expected)
    {
        _calls.Add((stream, events, producer, expected));
        _streams.Add(stream);
        await ChangeAsync(new ModelDoubt(
            stream,
            async journal => ModelAnswers.Of(await journal.AppendAsync(stream, expected, events, producer)),
            async (journal, known, now) => now.Incarnation == known.Incarnation && now.Version == known.Version + events.Length
                && await DataAsync(journal, stream, known.Version + 1) is { } data && data.Span.SequenceEqual(events[0].Data.Span),
            _clock.Now));
    }

    private async Task AppendIfAsync(string stream, string subject, bool wrong, EventData[] events)
    {
        var head = await _oracle.GetHeadAsync(stream);
        var version = await _oracle.FindSubjectVersionAsync(head, subject);
        var expected = new[] { new SubjectVersion(subject, wrong ? head.Version / 2 : version) };
        _streams.Add(stream);
        await ChangeAsync(new ModelDoubt(
            stream,
            async journal => ModelAnswers.Of(await journal.AppendAsync(stream, ExpectedVersion.Any, expected, events)),
            async (journal, known, now) => now.Incarnation == known.Incarnation && now.Version == known.Version + events.Length
                && await DataAsync(journal, stream, known.Version + 1) is { } data && data.Span.SequenceEqual(events[0].Data.Span),
            _clock.Now));
    }

    private async Task TruncateAsync(string stream, int offset)
    {
        var head = await _oracle.GetHeadAsync(stream);
        var bound = head.Version + 3 - offset;
        await ChangeAsync(new ModelDoubt(
            stream,
            async journal =>
            {
                await journal.TruncateAsync(stream, bound);
                return "truncated";
            },
            (_, known, now) => new(now.Incarnation == known.Incarnation && now.Version == known.Version && now.FirstVersion == bound),
            _clock.Now));
    }

    private async Task DeleteAsync(string stream, int wrong)
    {
        var head = await _oracle.GetHeadAsync(stream);
        var expected = wrong == 0 ? new ExpectedVersion(head.Version + 1) : wrong == 1 ? ExpectedVersion.Any : ExpectedVersion.Exactly(head.Version, head.Incarnation);
        await ChangeAsync(new ModelDoubt(
            stream,
            async journal => $"{await journal.DeleteAsync(stream, expected)}",
            (_, known, now) => new(now.Incarnation == known.Incarnation + 1),
            _clock.Now));
    }

    private async Task ReadAsync(string stream, int a, int b)
    {
        var head = await _oracle.GetHeadAsync(stream);
        var request = new ReadRequest
        {
            From = a % 3 == 0 ? null : head.Version - 6 + (a % 10),
            To = b % 3 == 0 ? null : head.Version - 6 + (b % 10),
            Backward = a % 2 == 0,
            Limit = b % 5 == 0 ? a % 4 : long.MaxValue,
            Incarnation = a % 11 == 0 ? head.Incarnation + (b % 2) : 0,
            Filter = b % 2 == 0 ? null : new EventFilter
            {
                Types = a % 4 == 1 ? ["t0", "t2"] : null,
                Subjects = a % 4 == 2 ? ["u1"] : null,
                Tags = a % 5 == 3 ? ["g0"] : null,
                Ids = a % 13 == 5 ? [.. Enumerable.Range(Math.Max(0, _texts - 30), 20).Select(n => $"id{n}")] : null,
                SubjectPrefixes = a % 13 == 6 ? ["u"] : null,
                Since = a % 7 == 0 ? _clock.Now.AddMinutes(-20) : null,
                RecordedUntil = a % 7 == 1 ? _clock.Now : null,
            },
        };
        await SameAsync(() => ModelAnswers.OfAsync(_oracle.ReadAsync(stream, request)), () => ModelAnswers.OfAsync(Tested.Journal.ReadAsync(stream, request)));
        await SameAsync(async () => $"{await _oracle.GetHeadAsync(stream)}", async () => $"{await Tested.Journal.GetHeadAsync(stream)}");
    }

    private EventData[] NewEvents(int count, bool ids, int size = 0)
    {
        var events = new EventData[count];
        for (var i = 0; i < count; i++)
        {
            var n = ++_texts;
            var data = new byte[4 + size];
            BitConverter.TryWriteBytes(data, n);
            new Random(n).NextBytes(data.AsSpan(4));
            events[i] = new EventData
            {
                Type = $"t{n % 3}",
                Id = ids ? $"id{n}" : null,
                Subject = n % 5 == 0 ? null : $"u{n % 2}",
                Tags = n % 4 == 0 ? [] : [$"g{n % 2}"],
                Time = n % 3 == 0 ? null : _clock.Now.AddMinutes(-(n * 13 % 60)),
                Data = data,
                Kernel = n % 2 == 0 ? default : data.AsMemory(0, 3),
            };
        }

        return events;
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> DataAsync(IJournal journal, string stream, long version)
    {
        await foreach (var @event in journal.ReadAsync(stream, new ReadRequest { From = version, To = version }))
            return @event.Data;
        return null;
    }
}
