using System.Globalization;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>A made-up history of files, always the same one: files are added, modified, renamed and deleted; now and then a commit's clock is wrong.</summary>
internal static class GeneratedHistory
{
    private const int Folders = 40;
    private const int ChangesPerCommit = 4;
    private static readonly DateTimeOffset Begin = new(2024, 1, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Writes so many changes.</summary>
    public static void Write(HistoryWriter writer, int changes)
    {
        var random = new Lcg(2024);
        var files = new List<string>();
        var time = Begin;
        var touched = new HashSet<string>();
        var named = 0;
        for (var i = 0; i < changes; i++)
        {
            var commit = (i / ChangesPerCommit).ToString("x8", CultureInfo.InvariantCulture);
            if (i % ChangesPerCommit == 0)
            {
                touched.Clear();
                time += TimeSpan.FromMinutes(1 + random.Next(240)) - (random.Next(20) == 0 ? TimeSpan.FromHours(6) : TimeSpan.Zero);
            }

            var at = random.Next(files.Count + 1);
            var file = at < files.Count ? files[at] : "";
            var choice = files.Count < 10 || touched.Contains(file) || file.Length == 0 ? 0 : random.Next(100);
            touched.Add(file);
            if (choice < 20)
            {
                files.Add(NewName());
                touched.Add(files[^1]);
                writer.Write(commit, "added", files[^1], null, time);
                continue;
            }

            switch (choice)
            {
                case < 90:
                    writer.Write(commit, "modified", file, null, time.AddSeconds(i % ChangesPerCommit));
                    break;
                case < 95:
                    files[at] = NewName();
                    touched.Add(files[at]);
                    writer.Write(commit, "renamed", files[at], file, time);
                    break;
                default:
                    files.RemoveAt(at);
                    writer.Write(commit, "deleted", file, null, time);
                    break;
            }

            string NewName() => string.Create(CultureInfo.InvariantCulture, $"src/folder{random.Next(Folders)}/file{named++}.cs");
        }
    }

    /// <summary>The numbers of Knuth's MMIX generator: the same on every machine and in every release, as those of <see cref="Random"/> need not be.</summary>
    private sealed class Lcg(ulong state)
    {
        private ulong _state = state;

        public int Next(int below)
        {
            _state = unchecked((_state * 6364136223846793005) + 1442695040888963407);
            return (int)((_state >> 33) % (ulong)below);
        }
    }
}
