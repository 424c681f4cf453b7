using System.CommandLine;
using System.Security.Cryptography;
using Orleans.Persist.Audit;
using Orleans.Persist.Hosting;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>checkpoint</c>: takes an audit checkpoint of a source.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
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
              silo-host verify --audit /elsewhere/checkpoints.jsonl
            """)
        {
            data, source, key, all,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(data), result.GetRequiredValue(source), result.GetValue(key), result.GetValue(all), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string data, string name, string? keyFile, bool all, CancellationToken cancellationToken)
    {
        using var key = CheckpointFile.LoadKey(keyFile);
        await using var session = await EngineSession.StartOnExistingAsync(new EngineSettings(data) { Engine = HostEngine.Local }, cancellationToken);
        await KnownSource.GetAsync(session.Engine, name, data, cancellationToken);
        var trail = session.Audit(name);
        AuditCheckpoint checkpoint;
        try
        {
            checkpoint = (await trail.TakeAsync(null, key, cancellationToken))!;
        }
        catch (CryptographicException e)
        {
            throw new CommandException($"'{keyFile}' cannot sign: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException(e.Message);
        }

        if (all)
        {
            await foreach (var kept in trail.ReadAsync(cancellationToken))
            {
                if (kept.Version != checkpoint.Version || kept.Incarnation != checkpoint.Incarnation)
                    Console.WriteLine(kept.ToJson());
            }
        }

        Console.WriteLine(checkpoint.ToJson());
        return ExitCodes.Done;
    }
}
