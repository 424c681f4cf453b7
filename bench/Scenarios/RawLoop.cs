using System.Diagnostics;
using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The bare loop: the same bytes, in groups of exactly so many records, each group written and flushed.</summary>
internal sealed class RawLoop(string directory)
{
    private int _files;

    /// <summary>Writes records of <paramref name="recordBytes"/> bytes and returns how many a second.</summary>
    public double Run(int recordBytes, long records, int group)
    {
        var disk = new DiskDirectory(directory);
        disk.Create();
        var name = $"raw-{_files++}";
        var bytes = new byte[recordBytes * group];
        Random.Shared.NextBytes(bytes);
        double seconds;
        using (var file = disk.OpenWrite(name))
        {
            disk.Flush();
            var start = Stopwatch.GetTimestamp();
            var offset = 0L;
            for (long done = 0; done < records; done += group)
            {
                file.Write(offset, bytes);
                file.Flush();
                offset += bytes.Length;
            }

            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        disk.Delete(name);
        return records / seconds;
    }
}
