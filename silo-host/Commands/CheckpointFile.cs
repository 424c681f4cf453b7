using Orleans.Persist.Audit;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>A file of audit checkpoints, one JSON object a line.</summary>
internal static class CheckpointFile
{
    /// <summary>The checkpoints in a file.</summary>
    /// <exception cref="CommandException">It cannot be read, or a line is no checkpoint.</exception>
    public static async Task<List<AuditCheckpoint>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var checkpoints = new List<AuditCheckpoint>();
        try
        {
            var number = 0;
            await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                try
                {
                    checkpoints.Add(AuditCheckpoint.Parse(line));
                }
                catch (FormatException e)
                {
                    throw new CommandException($"{path}, line {number}: {e.Message}");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the checkpoints in '{path}' cannot be read: {e.Message}");
        }

        return checkpoints.Count > 0 ? checkpoints : throw new CommandException($"'{path}' holds no checkpoints.");
    }

    /// <summary>The key in a file, or null without one.</summary>
    /// <exception cref="CommandException">There is none in it.</exception>
    public static AuditKey? LoadKey(string? path)
    {
        try
        {
            return path is null ? null : AuditKey.Load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandException($"the key cannot be read: {e.Message}");
        }
    }
}
