using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Remote;

/// <summary>Has a running host read every event of every source: each record is checked as it is read.</summary>
internal static class RemoteVerifier
{
    /// <summary>Reads everything.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>For each source how many events were read, and what is wrong with it if anything is.</returns>
    public static async Task<IReadOnlyList<(string Source, long Events, string? Problem)>> VerifyAsync(IPersistEngine engine, CancellationToken cancellationToken)
    {
        var results = new List<(string, long, string?)>();
        await foreach (var name in engine.ListSourcesAsync(cancellationToken))
        {
            var source = await engine.GetSourceAsync(name, cancellationToken);
            var head = await source.GetHeadAsync(cancellationToken);
            var (events, next, problem) = (0L, head.FirstVersion, (string?)null);
            try
            {
                await foreach (var @event in source.ReadAsync(new ReadRequest { From = head.FirstVersion, To = head.Version }, cancellationToken))
                {
                    events++;
                    if (@event.Version != next++)
                        problem ??= $"version {next - 1} is missing.";
                }

                if (next <= head.Version)
                    problem ??= $"versions {next} to {head.Version} are missing.";
            }
            catch (Exception e) when (e is CommandException or JournalException)
            {
                problem = $"after version {next - 1}: {e.Message}";
            }

            results.Add((name, events, problem));
        }

        return results;
    }
}
