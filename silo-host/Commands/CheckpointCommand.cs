using System.CommandLine;
using System.Security.Cryptography;
using Orleans.Persist.Audit;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Remote;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>checkpoint</c>: takes an audit checkpoint of a source.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var place = new PlaceOptions(withEngine: false);
        var source = CommonOptions.Source();
        var key = new Option<string?>("--key") { Description = "A PEM file with an EC private key, or a file with a secret of 32 bytes or more: signs the checkpoint.", HelpName = "FILE" };
        var all = new Option<bool>("--all") { Description = "Print every checkpoint kept beside the source too, the anchors of truncations included; those are not signed anew." };
        var command = new Command(
            "checkpoint",
            """
            Takes an audit checkpoint of a source: a hash over every event up to now, each together with the one before it.
            Prints it as one line of JSON. Keep it where whoever can change the directory cannot: 'verify --audit' then proves those events.

            Examples:
              silo-host checkpoint --source permits >> /elsewhere/checkpoints.jsonl
              silo-host checkpoint --source permits --key audit.pem >> /elsewhere/checkpoints.jsonl
              silo-host checkpoint --source permits --url http://127.0.0.1:5080 --key audit.pem >> /elsewhere/checkpoints.jsonl
              silo-host verify --audit /elsewhere/checkpoints.jsonl
            """)
        {
            source, key, all,
        };
        place.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            place.Get(result), result.GetRequiredValue(source), result.GetValue(key), result.GetValue(all), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(EnginePlace place, string name, string? keyFile, bool all, CancellationToken cancellationToken)
    {
        using var key = CheckpointFile.LoadKey(keyFile);
        var (checkpoint, kept) = await TakeAsync(place, name, key, keyFile, all, cancellationToken);
        foreach (var other in kept)
        {
            if (other.Version != checkpoint.Version || other.Incarnation != checkpoint.Incarnation)
                Console.WriteLine(other.ToJson());
        }

        Console.WriteLine(checkpoint.ToJson());
        return ExitCodes.Done;
    }

    private static async Task<(AuditCheckpoint Taken, IReadOnlyList<AuditCheckpoint> Kept)> TakeAsync(
        EnginePlace place, string name, AuditKey? key, string? keyFile, bool all, CancellationToken cancellationToken)
    {
        try
        {
            return place.Remote is null
                ? await TakeHereAsync(place, name, key, all, cancellationToken)
                : await TakeRemotelyAsync(place, name, key, all, cancellationToken);
        }
        catch (CryptographicException e)
        {
            throw new CommandException($"'{keyFile}' cannot sign: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private static async Task<(AuditCheckpoint Taken, IReadOnlyList<AuditCheckpoint> Kept)> TakeHereAsync(
        EnginePlace place, string name, AuditKey? key, bool all, CancellationToken cancellationToken)
    {
        await using var session = await EngineSession.StartOnExistingAsync(place.Settings, cancellationToken);
        await KnownSource.GetAsync(session.Engine, name, place.ToString(), cancellationToken);
        var trail = session.Audit(name);
        var taken = (await trail.TakeAsync(null, key, cancellationToken))!;
        return (taken, all ? await trail.ReadAsync(cancellationToken).ToListAsync(cancellationToken) : []);
    }

    /// <summary>The host takes it; the key does not leave this machine.</summary>
    private static async Task<(AuditCheckpoint Taken, IReadOnlyList<AuditCheckpoint> Kept)> TakeRemotelyAsync(
        EnginePlace place, string name, AuditKey? key, bool all, CancellationToken cancellationToken)
    {
        await using var access = await EngineAccess.OpenAsync(place, cancellationToken);
        var source = (RemoteSource)await KnownSource.GetAsync(access.Engine, name, place.ToString(), cancellationToken);
        var taken = await source.TakeCheckpointAsync(cancellationToken);
        return (key?.Sign(taken) ?? taken, all ? await source.ListCheckpointsAsync(cancellationToken) : []);
    }
}
