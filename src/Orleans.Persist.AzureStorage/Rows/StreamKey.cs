using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>Where a stream's, or a snapshot owner's, rows and blobs are.</summary>
/// <remarks>
/// The partition key is four digits of a hash, so that streams with similar names are spread over the servers, and the name with everything
/// but letters, digits, <c>-</c>, <c>_</c> and <c>.</c> as <c>~</c> and two hexadecimal digits for each byte of UTF-8. A name that is too long for that
/// is replaced by <c>~~</c> and its SHA-256.
/// </remarks>
internal sealed record StreamKey
{
    /// <summary>The row with a stream's head. It sorts behind its commits, so that one query brings both.</summary>
    public const string Head = "head";

    /// <summary>The row that says how far a stream's index reaches. It sorts right behind the head, so that one query brings both.</summary>
    public const string Indexed = "head-indexed";

    /// <summary>The row that says which snapshots an owner has.</summary>
    public const string Snapshots = "snapshots";

    /// <summary>What the names of all large commits' blobs begin with.</summary>
    public const string AllCommitBlobs = "commits/";

    /// <summary>What the names of all snapshots' blobs begin with.</summary>
    public const string AllSnapshotBlobs = "snapshots/";

    /// <summary>The longest escaped name that stands in a key: with the rest it stays within 512 characters.</summary>
    public const int LongestEscaped = 400;

    private StreamKey(string name)
    {
        Name = name;
        Utf8 = Encoding.UTF8.GetBytes(name);
        Hash = StableHash.Of(Utf8);
        var escaped = Escape(name);
        if (escaped.Length > LongestEscaped)
            escaped = "~~" + Convert.ToHexStringLower(SHA256.HashData(Utf8));
        Partition = string.Create(CultureInfo.InvariantCulture, $"{Hash & 0xFFFF:x4}-{escaped}");
    }

    public string Name { get; }

    public byte[] Utf8 { get; }

    public ulong Hash { get; }

    public string Partition { get; }

    /// <summary>What the names of its large commits' blobs begin with. The <c>~</c> keeps a name that ends with a dot from ending a part of an address with it.</summary>
    public string CommitBlobs => $"{AllCommitBlobs}{Partition}~/";

    /// <summary>The blob of a snapshot.</summary>
    public static string SnapshotBlob(string partition, Guid snapshot) => $"{AllSnapshotBlobs}{partition}~/{snapshot:N}";

    /// <summary>The partition that a blob's name says it belongs to, or null where the name is not one of these.</summary>
    public static string? PartitionOfBlob(string name) =>
        name.IndexOf('/', StringComparison.Ordinal) is var from and >= 0 && name.LastIndexOf("~/", StringComparison.Ordinal) is var to && to > from ? name[(from + 1)..to] : null;

    /// <exception cref="ArgumentException">The name breaks the rule of <see cref="StreamName"/>.</exception>
    public static StreamKey Of(string name, string what = "stream")
    {
        StreamName.Validate(name, what);
        return new StreamKey(name);
    }

    /// <summary>The row of a commit, by its last version: the first row at or above a version is the one that has it.</summary>
    public static string Commit(int incarnation, long lastVersion) =>
        string.Create(CultureInfo.InvariantCulture, $"c{incarnation:D10}-{Math.Clamp(lastVersion, 0, long.MaxValue):D19}");

    /// <summary>The row with a producer's newest number.</summary>
    public static string Producer(int incarnation, string producer) =>
        ProducerPrefix(incarnation) + Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(producer.AsSpan())));

    public static string ProducerPrefix(int incarnation) => string.Create(CultureInfo.InvariantCulture, $"p{incarnation:D10}-");

    /// <summary>The row of a block of the index that has one bucket's keys: by bucket, so that one query finds a key in many blocks, and by the block's last version.</summary>
    public static string Index(int incarnation, int bucket, long lastVersion) =>
        string.Create(CultureInfo.InvariantCulture, $"{IndexPrefix(incarnation)}{bucket:D2}-{Math.Clamp(lastVersion, 0, long.MaxValue):D19}");

    public static string IndexPrefix(int incarnation) => string.Create(CultureInfo.InvariantCulture, $"i{incarnation:D10}-");

    /// <summary>The last version of the block that a row of the index is of, or null where the key is not one's.</summary>
    public static long? ParseIndex(string rowKey) =>
        rowKey.Length is 34 && rowKey[0] is 'i' && long.TryParse(rowKey.AsSpan(15), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : null;

    /// <summary>Incarnation and last version of a commit's row, or null where the key is not one's.</summary>
    public static (int Incarnation, long Last)? ParseCommit(string rowKey) =>
        rowKey.Length is 31 && rowKey[0] is 'c' && rowKey[11] is '-'
        && int.TryParse(rowKey.AsSpan(1, 10), NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation)
        && long.TryParse(rowKey.AsSpan(12), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? (incarnation, last)
            : null;

    /// <summary>A name in characters that keys and addresses take as they are.</summary>
    public static string Escape(ReadOnlySpan<char> name)
    {
        var escaped = new StringBuilder(name.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '-' or '_' or '.'))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                escaped.Append('~').Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }
}
