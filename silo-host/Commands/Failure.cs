using Microsoft.Extensions.Options;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>Says what went wrong, for people.</summary>
internal static class Failure
{
    /// <summary>Writes one line to standard error, with the whole exception if wanted, and gives the exit code.</summary>
    public static async Task<int> ReportAsync(Exception exception, bool verbose, bool stopped)
    {
        var e = exception is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerException! : exception;
        if (e is OperationCanceledException && stopped)
        {
            await Console.Error.WriteLineAsync("stopped: what was acknowledged until then is kept.");
            return ExitCodes.Failed;
        }

        await Console.Error.WriteLineAsync($"error: {Describe(e)}");
        if (verbose)
            await Console.Error.WriteLineAsync(exception.ToString());
        return e is UsageException or OptionsValidationException ? ExitCodes.WrongUse : ExitCodes.Failed;
    }

    private static string Describe(Exception e) => OneLine(e switch
    {
#if ORLEANS
        Orleans.Runtime.OrleansConfigurationException => e.Message,
        Microsoft.AspNetCore.Connections.AddressInUseException => "a port of the silo is in use already (--silo-port and --gateway-port, or Orleans:Endpoints).",
#endif
        UsageException or OptionsValidationException or CommandException or InputException or JournalException or ArgumentException => e.Message,
        FileNotFoundException { FileName: { } name } => $"there is no file '{name}'.",
        IOException or UnauthorizedAccessException => e.Message,
        _ => $"unexpected: {e.GetType().Name}: {e.Message} (--verbose shows more; please report it)",
    });

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
