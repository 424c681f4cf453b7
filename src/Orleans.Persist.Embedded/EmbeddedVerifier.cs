using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded;

/// <summary>Reads every record of a directory without changing anything, and tells what does not check.</summary>
public static class EmbeddedVerifier
{
    /// <summary>Verifies the storage in a directory. It must not be in use.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="progress">Told how many bytes have been read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The counts; all 0 for a directory that does not exist or is empty.</returns>
    /// <exception cref="JournalUnavailableException">The directory holds something else, a newer format, or is in use.</exception>
    public static Task<VerifyReport> VerifyAsync(IStorageDirectory directory, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(
            () =>
            {
                if (!EmbeddedStorage.CheckFormat(directory))
                    return new VerifyReport();
                using var held = EmbeddedStorage.Lock(directory);
                var verification = new Verification(progress, cancellationToken);
                verification.Log(directory.Open(EmbeddedStorage.JournalName), EmbeddedStorage.JournalName, journal: true);
                verification.Log(directory.Open(EmbeddedStorage.SnapshotsName), EmbeddedStorage.SnapshotsName, journal: false);
                return verification.Report;
            },
            cancellationToken);

    private sealed class Verification(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        private readonly Dictionary<string, (int Incarnation, long Version, long Segment)> _streams = new(StringComparer.Ordinal);
        private long _compacted;

        public VerifyReport Report { get; private set; } = new();

        public void Log(IStorageDirectory directory, string name, bool journal)
        {
            _streams.Clear();
            _compacted = 0;
            var segments = directory.List().Where(file => file.EndsWith(".log", StringComparison.Ordinal)).Select(SegmentName.Parse).OfType<SegmentName>()
                .GroupBy(segment => segment.Number).Select(group => group.MaxBy(segment => segment.Generation)).OrderBy(segment => segment.Number).ToList();
            for (var i = 0; i < segments.Count; i++)
            {
                if (i > 0 && segments[i].Number != segments[i - 1].Number + 1)
                    Damaged($"{name}/{segments[i].Log}", $"segment {segments[i - 1].Number + 1} is missing before it");
                Segment(directory, name, segments[i], i + 1 < segments.Count ? segments[i + 1] : null, journal);
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
            if (segment.Generation > 1)
                _compacted = segment.Number;
            var scanner = new RecordScanner(file, place, SegmentHeader.Length, end, keep: false);
            while (true)
            {
                while (scanner.TryNext())
                    Record(scanner.Current, $"{place} at offset {scanner.Offset}", journal, segment.Number);
                Report = Report with { Bytes = Report.Bytes + scanner.Offset };
                progress?.Report(Report.Bytes);
                if (scanner.Damage is null)
                    return;
                var bad = scanner.Offset;
                var further = RecordScanner.FindRecord(file, bad + 1, end, record => complete || RecordHeader.FlushedOf(record.Span) > bad);
                if (further < 0 && !complete)
                {
                    Report = Report with { TornBytes = Report.TornBytes + end - bad };
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
                    Damaged(e.Place, e.Message);
                }

                if (index is not null && (complete || index.Header.SegmentLength == file.Length))
                    (expected, complete) = (index.Header.SegmentLength, true);
                else if (next is { } following && segment.Generation == 1)
                    expected = PreviousLength(directory, following) ?? file.Length;
            }

            if (expected <= file.Length)
                return (expected, complete);
            Damaged($"{place} at offset {file.Length}", $"the segment ends here; {expected} bytes of it were acknowledged");
            return (file.Length, complete);
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

        private void Record(RecordView record, string place, bool journal, long segment)
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
            }

            // A gap is what compaction leaves if it has been at work at or behind the stream's last record.
            var stream = record.ReadName();
            if (_streams.TryGetValue(stream, out var last) && header.Incarnation == last.Incarnation && header.Events > 0
                && header.Version != last.Version + 1 && header.Version > header.FirstKept && _compacted < last.Segment)
            {
                Damaged(place, $"version {header.Version} of stream '{stream}' follows version {last.Version}");
            }

            if (header.Events > 0 || header.Kind is RecordKind.Delete)
                _streams[stream] = (header.Incarnation, header.Events > 0 ? header.LastVersion : 0, segment);
        }

        private void Damaged(string place, string what) =>
            Report = Report with { Damage = [.. Report.Damage, new VerifyDamage(place, what)] };
    }
}
