using Orleans.Persist.Audit;
using Orleans.Persist.Embedded.Attributes;
using Orleans.Persist.Embedded.Auditing;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded;

/// <summary>Reads every record of a directory, changes nothing of it, and tells what does not check. Holds the lock meanwhile.</summary>
public static class EmbeddedVerifier
{
    /// <summary>Verifies the storage in a directory. It must not be in use.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="progress">Told how many bytes have been read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The counts; all 0 for a directory that does not exist or is empty.</returns>
    /// <exception cref="JournalUnavailableException">The directory holds something else, a newer format, or is in use.</exception>
    public static Task<VerifyReport> VerifyAsync(IStorageDirectory directory, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        VerifyAsync(directory, checkpoints: null, key: null, progress, cancellationToken);

    /// <summary>Verifies the storage in a directory, and compares its events with checkpoints that were kept elsewhere (requirement s.8): that finds changes with checksums that match. It reads the journal once more.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="checkpoints">The checkpoints; null for none.</param>
    /// <param name="key">The key that they must have been signed with; null for any or none.</param>
    /// <param name="progress">Told how many bytes have been read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The counts; all 0 for a directory that does not exist or is empty.</returns>
    /// <exception cref="ArgumentException">A checkpoint has no good signature, or contradicts another one.</exception>
    /// <exception cref="JournalUnavailableException">The directory holds something else, a newer format, or is in use.</exception>
    public static Task<VerifyReport> VerifyAsync(
        IStorageDirectory directory,
        IReadOnlyCollection<AuditCheckpoint>? checkpoints,
        AuditKey? key = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(
            () =>
            {
                if (!EmbeddedStorage.CheckFormat(directory))
                    return new VerifyReport { Audit = checkpoints is null ? null : new AuditVerifier(checkpoints, key: key).Finish() };
                using var held = EmbeddedStorage.Lock(directory);
                try
                {
                    var audit = new AuditScan();
                    var verification = new Verification(audit.See, progress, cancellationToken);
                    verification.Log(directory.Open(EmbeddedStorage.JournalName), EmbeddedStorage.JournalName, journal: true);
                    verification.Log(directory.Open(EmbeddedStorage.SnapshotsName), EmbeddedStorage.SnapshotsName, journal: false);
                    if (checkpoints is null)
                        return verification.Result;
                    var comparison = audit.Compare(checkpoints, key);
                    new Verification(comparison.Add, progress: null, cancellationToken).Log(directory.Open(EmbeddedStorage.JournalName), EmbeddedStorage.JournalName, journal: true);
                    return verification.Result with { Audit = comparison.Finish() };
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
                {
                    throw new JournalUnavailableException($"{directory.Path} cannot be read: {e.Message}", e);
                }
            },
            cancellationToken);

    private sealed class Verification(Action<RecordView> visit, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        private readonly Dictionary<string, (int Incarnation, long Version, long FirstKept)> _streams = new(StringComparer.Ordinal);

        // Versions that do not follow on each other: damage, unless the stream turns out to have been truncated above them.
        private readonly List<(string Stream, int Incarnation, long Last, long Next, string Place)> _gaps = [];

        private readonly List<VerifyDamage> _damage = [];

        public VerifyReport Result => Report with { Damage = _damage };

        private VerifyReport Report { get; set; } = new();

        public void Log(IStorageDirectory directory, string name, bool journal)
        {
            _streams.Clear();
            _gaps.Clear();
            var segments = directory.List().Where(file => file.EndsWith(".log", StringComparison.Ordinal)).Select(SegmentName.Parse).OfType<SegmentName>()
                .GroupBy(segment => segment.Number).Select(group => group.MaxBy(segment => segment.Generation)).OrderBy(segment => segment.Number).ToList();
            for (var i = 0; i < segments.Count; i++)
            {
                if (i > 0 && segments[i].Number != segments[i - 1].Number + 1)
                    Damaged($"{name}/{segments[i].Log}", $"segment {segments[i - 1].Number + 1} is missing before it");
                Segment(directory, name, segments[i], i + 1 < segments.Count ? segments[i + 1] : null, journal);
            }

            foreach (var (stream, incarnation, last, next, place) in _gaps)
            {
                var head = _streams[stream];
                if (head.Incarnation == incarnation && next > head.FirstKept)
                    Damaged(place, $"version {next} of stream '{stream}' follows version {last}");
            }

            if (journal)
                Report = Report with { Streams = _streams.Count(stream => stream.Value.Version > 0) };
        }

        private void Segment(IStorageDirectory directory, string name, SegmentName segment, SegmentName? next, bool journal)
        {
            var place = $"{name}/{segment.Log}";
            using var file = directory.OpenRead(segment.Log);
            Report = Report with { Segments = Report.Segments + 1 };
            if (Header(file) is null)
            {
                if (next is not null || file.Length > SegmentHeader.Length)
                    Damaged($"{place} at offset 0", "the segment's header does not check");
                return;
            }

            var (end, complete) = End(directory, segment, next, file, place);
            Attributes(directory, name, segment);
            var scanner = new RecordScanner(file, place, SegmentHeader.Length, end, keep: false);
            while (true)
            {
                while (scanner.TryNext())
                    Record(scanner.Current, $"{place} at offset {scanner.Offset}", journal);
                Report = Report with { Bytes = Report.Bytes + scanner.Offset };
                progress?.Report(Report.Bytes);
                if (scanner.Damage is null)
                    return;
                var bad = scanner.Offset;
                var further = RecordScanner.FindRecord(file, bad + 1, end, record => complete || RecordHeader.FlushedOf(record.Span) > bad);
                if (further < 0 && !complete)
                {
                    Report = Report with { TornBytes = Report.TornBytes + RecordScanner.ZerosFrom(file, bad, end) - bad };
                    return;
                }

                Damaged($"{place} at offset {bad}", scanner.Damage);
                if (further < 0)
                    return;
                scanner.Restart(further);
                Report = Report with { Bytes = Report.Bytes - further };
            }
        }

        /// <summary>How much of the segment counts, as its index says, else the next segment's header; and whether that was written whole, so that it has no torn end.</summary>
        private (long End, bool Complete) End(IStorageDirectory directory, SegmentName segment, SegmentName? next, IStorageFile file, string place)
        {
            var expected = file.Length;
            var complete = next is not null;
            using (var index = FileIndex.TryOpen(directory, segment.Index))
            {
                try
                {
                    index?.Verify();
                }
                catch (JournalDamagedException e)
                {
                    Damaged($"{place[..place.LastIndexOf('/')]}/{e.Place}", "a page of the index does not check; delete the file, and it is made anew from the segment");
                }

                if (next is { } after && segment.Generation == 1)
                    expected = PreviousLength(directory, after) ?? index?.Header.SegmentLength ?? file.Length;
                else if (index is not null && (complete || index.Header.SegmentLength == file.Length))
                    (expected, complete) = (index.Header.SegmentLength, true);
            }

            if (expected <= file.Length)
                return (expected, complete);
            Damaged($"{place} at offset {file.Length}", $"the segment ends here; {expected} bytes of it were acknowledged");
            return (file.Length, complete);
        }

        private void Attributes(IStorageDirectory directory, string name, SegmentName segment)
        {
            try
            {
                AttributeFile.Verify(directory, segment.Attributes);
            }
            catch (JournalDamagedException e)
            {
                Damaged($"{name}/{e.Place}", "a page of the index of attributes does not check; delete the file, and it is made anew from the segment");
            }
        }

        private static long? PreviousLength(IStorageDirectory directory, SegmentName segment)
        {
            using var file = directory.OpenRead(segment.Log);
            return Header(file)?.PreviousLength;
        }

        private static SegmentHeader? Header(IStorageFile file)
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
            return SegmentHeader.Parse(bytes[..file.Read(0, bytes)]);
        }

        private void Record(RecordView record, string place, bool journal)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var header = record.Header;
            Report = Report with
            {
                Records = Report.Records + 1,
                Events = Report.Events + (journal ? header.Events : 0),
                Snapshots = Report.Snapshots + (journal ? 0 : header.Events),
            };
            try
            {
                for (var events = new RecordEvents(record, string.Empty); !events.AtEnd;)
                    EventBody.Validate(events.Next().Body.Span);
            }
            catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
            {
                Damaged(place, e.Message);
                journal = false;
            }

            if (journal)
                visit(record);

            var stream = record.ReadName();
            if (header.Events > 0)
            {
                var last = _streams.TryGetValue(stream, out var before) && before.Incarnation == header.Incarnation ? before.Version : 0;
                if (header.Version != last + 1)
                    _gaps.Add((stream, header.Incarnation, last, header.Version, place));
            }

            var version = header.Events > 0 ? header.LastVersion : header.Version - 1;
            if (header.Kind is not RecordKind.Producer)
                _streams[stream] = (header.Incarnation, version, header.FirstKept);
        }

        private void Damaged(string place, string what) =>
            _damage.Add(new VerifyDamage(place, what));
    }
}
