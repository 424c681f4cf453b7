using System.Globalization;
using System.Text;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Embedded;

/// <summary>A directory of this machine as storage: a journal in <c>journal/</c>, and the snapshots in a log of their own in <c>snapshots/</c>. One process at a time holds it.</summary>
public sealed class EmbeddedStorage : IStorage
{
    /// <summary>The format of the directory; a higher one is refused.</summary>
    public const int Format = 1;

    internal const string FormatFile = "orleans-persist.format";
    internal const string LockFile = "lock";
    internal const string JournalName = "journal";
    internal const string SnapshotsName = "snapshots";
    private const string FormatText = "Orleans.Persist embedded storage, format ";
    private readonly IDisposable _lock;
    private readonly EmbeddedJournal _snapshots;

    private EmbeddedStorage(IDisposable @lock, EmbeddedJournal journal, EmbeddedJournal snapshots, int keep)
    {
        _lock = @lock;
        _snapshots = snapshots;
        EmbeddedJournal = journal;
        Snapshots = new JournalSnapshotStore(snapshots, keep);
    }

    /// <inheritdoc/>
    public IJournal Journal => EmbeddedJournal;

    /// <summary>The journal, with what only this plug-in offers.</summary>
    public EmbeddedJournal EmbeddedJournal { get; }

    /// <inheritdoc/>
    public ISnapshotStore Snapshots { get; }

    /// <summary>What opening found left over from a crash, in the journal and in the snapshots.</summary>
    public IReadOnlyList<RecoveryReport> Recovery => [EmbeddedJournal.Recovery, _snapshots.Recovery];

    /// <summary>Opens the storage in a directory, which is created where it is missing.</summary>
    /// <inheritdoc cref="OpenAsync(IStorageDirectory, EmbeddedOptions?, TimeProvider?, CancellationToken)"/>
    public static Task<EmbeddedStorage> OpenAsync(
        string path, EmbeddedOptions? options = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        OpenAsync(new DiskDirectory(path), options, timeProvider, cancellationToken);

    /// <summary>Opens the storage in a directory, which is created where it is missing.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="options">How it works; the defaults when null.</param>
    /// <param name="timeProvider">The clock for recorded times; the system's by default.</param>
    /// <param name="cancellationToken">Checked before anything is opened.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="JournalUnavailableException">The directory is not one of this kind, of a newer format, held by another process, or cannot be read or written.</exception>
    /// <exception cref="JournalDamagedException">What is there does not check.</exception>
    public static async Task<EmbeddedStorage> OpenAsync(
        IStorageDirectory directory, EmbeddedOptions? options = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbeddedOptions();
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        return await Task.Run(() => Open(directory, options, timeProvider ?? TimeProvider.System), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await EmbeddedJournal.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            try
            {
                await Snapshots.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                _lock.Dispose();
            }
        }
    }

    /// <summary>Whether a directory holds this kind of storage, in a format that this release reads.</summary>
    /// <returns>False for an empty or missing directory.</returns>
    /// <exception cref="JournalUnavailableException">It holds something else, or a newer format.</exception>
    internal static bool CheckFormat(IStorageDirectory directory)
    {
        var files = directory.List();
        if (!files.Contains(FormatFile))
        {
            // The lock file alone is left of a first opening that was cut short.
            var foreign = files.FirstOrDefault(file => file is not LockFile && file != FormatFile + ".tmp");
            return foreign is null
                ? false
                : throw new JournalUnavailableException($"{directory.Path} holds other files ('{foreign}') and no storage of Orleans.Persist. Name an empty directory, or one made by it.");
        }

        using var file = directory.OpenRead(FormatFile);
        var bytes = new byte[Math.Min(file.Length, 256)];
        file.Read(0, bytes);
        var text = Encoding.UTF8.GetString(bytes);
        if (!text.StartsWith(FormatText, StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(FormatText.Length).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var format))
        {
            throw new JournalUnavailableException($"{directory.Path}: '{FormatFile}' is not a format file of Orleans.Persist.");
        }

        return format <= Format
            ? true
            : throw new JournalUnavailableException($"{directory.Path} has format {format}; this release reads up to {Format}. Use a newer release.");
    }

    private static EmbeddedStorage Open(IStorageDirectory directory, EmbeddedOptions options, TimeProvider time)
    {
        IDisposable? held = null;
        EmbeddedJournal? journal = null;
        try
        {
            var known = CheckFormat(directory);
            directory.Create();
            held = Lock(directory);
            if (!known)
                WriteFormat(directory);
            journal = EmbeddedJournal.Open(directory.Open(JournalName), options, time);
            return new EmbeddedStorage(held, journal, EmbeddedJournal.Open(directory.Open(SnapshotsName), options, time, indexAttributes: false), options.KeepSnapshots);
        }
        catch (Exception e)
        {
            journal?.DisposeAsync().AsTask().Wait(options.CloseTimeout);
            held?.Dispose();
            if (e is IOException or UnauthorizedAccessException or NotSupportedException)
                throw new JournalUnavailableException($"{directory.Path} cannot be opened: {e.Message}", e);
            throw;
        }
    }

    internal static IDisposable Lock(IStorageDirectory directory)
    {
        try
        {
            return directory.Lock(LockFile);
        }
        catch (IOException e)
        {
            throw new JournalUnavailableException($"{directory.Path} is held by another process, or cannot be locked: {e.Message}", e);
        }
    }

    private static void WriteFormat(IStorageDirectory directory)
    {
        var temporary = FormatFile + ".tmp";
        using (var file = directory.OpenWrite(temporary))
        {
            file.SetLength(0);
            file.Write(0, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{FormatText}{Format}\n")));
            file.Flush();
        }

        directory.Rename(temporary, FormatFile);
        directory.Flush();
    }
}
