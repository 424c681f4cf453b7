using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.Embedded.Tests.Model;

/// <content>Comparing, crashing, and settling what is in doubt.</content>
internal sealed partial class JournalModel
{
    private readonly List<(string Owner, Snapshot Snapshot)> _snapshotDoubts = [];

    private async Task ChangeAsync(ModelDoubt change)
    {
        var (text, error) = await ModelAnswers.OfAsync(() => change.Do(Tested.Journal));
        if (IsFault(error))
        {
            _doubts.Add(change);
            if (!_directory.Disk.IsOff)
                Heal();
            return;
        }

        var before = await _oracle.GetHeadAsync(change.Stream);
        var (expected, _) = await ModelAnswers.OfAsync(() => change.Do(_oracle));
        AssertSame(expected, text);
        if (await _oracle.GetHeadAsync(change.Stream) != before)
            _doubts.Clear(); // the log went on without them
    }

    private async Task SaveSnapshotAsync(string owner, long version, int incarnation)
    {
        var snapshot = new Snapshot { Incarnation = incarnation, Version = version, Time = _clock.Now, Type = "state", Data = BitConverter.GetBytes(++_texts) };
        var (text, error) = await ModelAnswers.OfAsync(async () => $"{await Tested.Snapshots.SaveAsync(owner, snapshot)}");
        if (IsFault(error))
        {
            _snapshotDoubts.Add((owner, snapshot));
            if (_directory.Disk.IsOff)
                return;
            Heal();
            await SettleAsync(); // the save may have been stored, and only the removal of an older one failed
            return;
        }

        var (expected, failed) = await ModelAnswers.OfAsync(async () => $"{await _oracleSnapshots.SaveAsync(owner, snapshot)}");
        AssertSame(expected, text);
        if (failed is null)
            _snapshotDoubts.Clear();
    }

    private async Task SameAsync(Func<ValueTask<string>> oracle, Func<ValueTask<string>> tested)
    {
        var (text, error) = await ModelAnswers.OfAsync(tested);
        if (IsFault(error))
            return;
        AssertSame((await ModelAnswers.OfAsync(oracle)).Text, text);
    }

    private async Task CompactAsync()
    {
        var (text, error) = await ModelAnswers.OfAsync(async () =>
        {
            await Tested.EmbeddedJournal.CompactAsync();
            return "compacted";
        });
        if (error is not null && !_armed && !_directory.Disk.IsOff)
            throw new InvalidOperationException("Compaction failed.", error);
        if (!_directory.Disk.IsOff)
            Heal();
    }

    private async Task CompareAllAsync()
    {
        if (_directory.Disk.IsOff)
            await CrashAsync(power: true, seed: 1);
        foreach (var stream in _streams)
        {
            await SameAsync(async () => $"{await _oracle.GetHeadAsync(stream)}", async () => $"{await Tested.Journal.GetHeadAsync(stream)}");
            await SameAsync(() => ModelAnswers.OfAsync(_oracle.ReadAsync(stream, ReadRequest.All)), () => ModelAnswers.OfAsync(Tested.Journal.ReadAsync(stream, ReadRequest.All)));
            await SameAsync(() => ModelAnswers.OfAsync(_oracleSnapshots, stream), () => ModelAnswers.OfAsync(Tested.Snapshots, stream));
        }

        await SameAsync(() => ModelAnswers.OrderAsync(_oracle, _oracle, 1), () => ModelAnswers.OrderAsync(Tested.EmbeddedJournal, _oracle, 1));
        await SameAsync(() => ListAsync(_oracle), () => ListAsync(Tested.Journal));

        static async ValueTask<string> ListAsync(IJournal journal)
        {
            var heads = new List<string>();
            await foreach (var head in journal.ListStreamsAsync())
                heads.Add($"{head}");
            heads.Sort(StringComparer.Ordinal);
            return string.Join('\n', heads);
        }
    }

    private void Arm(ModelStep fault, int a)
    {
        _armed = true;
        var disk = _directory.Disk;
        switch (fault)
        {
            case ModelStep.FailFlush:
                disk.Fail(StorageOperation.Flush, skip: a % 3);
                break;
            case ModelStep.ShortWrite:
                disk.Fail(StorageOperation.Write, skip: a % 3, keep: a);
                break;
            case ModelStep.FillDisk:
                disk.Capacity = disk.Used + (a % 4 * 4096);
                break;
            case ModelStep.CutPower:
                disk.CutPowerAfter(a % 12);
                break;
        }
    }

    private void Heal()
    {
        _armed = false;
        _directory.Disk.Heal();
        _directory.Disk.Capacity = null;
    }

    private async Task OpenAsync()
    {
        for (var attempt = 0; _tested is null; attempt++)
        {
            try
            {
                _tested = await EmbeddedStorage.OpenAsync(_directory, _options, _clock).WaitAsync(TimeSpan.FromSeconds(30));
                RememberIds(_tested.EmbeddedJournal);
            }
            catch (JournalUnavailableException) when (attempt is 0 && _armed && !_directory.Disk.IsOff)
            {
                Heal();
            }
            catch (JournalUnavailableException) when (_directory.Disk.IsOff)
            {
                await CrashAsync(power: attempt % 2 == 0, attempt);
            }
        }
    }

    private async Task ReopenAsync()
    {
        await Tested.DisposeAsync();
        _tested = null;
        await OpenAsync();
        await SettleAsync();
        await CompareAllAsync();
    }

    private async Task CrashAsync(bool power, int seed, bool damage = false)
    {
        var next = power ? _directory.PowerLoss(seed) : _directory.Kill();
        await CloseQuietlyAsync();
        _directory = next;
        Heal();
        if (damage)
            DamageTail(seed);
        await OpenAsync();
        await SettleAsync();
        _doubts.Clear();
        _snapshotDoubts.Clear();
        await CompareAllAsync();
    }

    /// <summary>Garbage behind what was written: the begin of a write that no flush followed.</summary>
    private void DamageTail(int seed)
    {
        var journal = (FaultyDirectory)_directory.Open("journal");
        var newest = journal.List().Where(file => file.EndsWith(".log", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        using var file = journal.OpenWrite(newest);
        if (file.Length < Orleans.Persist.Embedded.Format.SegmentHeader.Length)
            return; // nothing was ever written behind a header that is not there yet
        var bytes = new byte[1 + (seed % 700)];
        new Random(seed).NextBytes(bytes);
        file.Write(file.Length, bytes);
    }

    private async Task CloseQuietlyAsync()
    {
        if (Interlocked.Exchange(ref _tested, null) is not { } dead)
            return;
        try
        {
            await dead.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (Exception e) when (e is IOException or JournalException)
        {
            // its disk is gone
        }
    }

    /// <summary>Does in memory what turns out to have happened on the disk.</summary>
    private async Task SettleAsync()
    {
        var now = _clock.Now;
        foreach (var doubt in _doubts.ToList())
        {
            var (known, actual) = (await _oracle.GetHeadAsync(doubt.Stream), await Tested.Journal.GetHeadAsync(doubt.Stream));
            if (actual == known || !await doubt.Happened(Tested.Journal, known, actual))
                continue;
            _clock.Now = doubt.Time;
            await doubt.Do(_oracle);
            _clock.Now = now;
            _doubts.Remove(doubt);
        }

        foreach (var (owner, snapshot) in _snapshotDoubts.ToList())
        {
            var newest = (await ModelAnswers.OfAsync(Tested.Snapshots, owner)).Split('\n')[0];
            if (!newest.EndsWith($" {Convert.ToHexString(snapshot.Data.Span)}", StringComparison.Ordinal))
                continue;
            await _oracleSnapshots.SaveAsync(owner, snapshot);
            _snapshotDoubts.Remove((owner, snapshot));
        }
    }

    /// <summary>Whether an answer is no answer, because a fault that was asked for struck.</summary>
    private bool IsFault(Exception? error)
    {
        if (error is null)
            return false;
        if (_directory.Disk.IsOff)
            return true;
        if (error is JournalUnavailableException && !_armed)
            Assert.Fail($"The storage failed with nothing wrong: {error.Message}");
        return error is JournalUnavailableException;
    }

    private static void AssertSame(string expected, string actual)
    {
        if (expected != actual)
            Assert.Fail($"memory:\n{expected}\nembedded:\n{actual}");
    }
}
