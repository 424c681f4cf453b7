using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>Help whose list of commands has only the first line of each description; the whole stands in the command's own help.</summary>
internal sealed class ShortListHelp(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is RootCommand root)
        {
            foreach (var command in root.Subcommands)
                command.Description = command.Description?.Split('\n')[0];
        }

        return help.Invoke(parseResult);
    }
}
