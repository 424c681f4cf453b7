using Orleans.Persist.Web.CloudEvents;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Reads the changes of files in a git checkout, oldest first.</summary>
internal static class GitHistory
{
    private const char CommitMark = '\u0001';
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Writes every change; false where there is no checkout, or no git.</summary>
    public static async Task<bool> WriteAsync(HistoryWriter writer, string directory, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        using var git = Start(directory);
        if (git is null)
            return false;
        try
        {
            var errors = git.StandardError.ReadToEndAsync(limit.Token);
            await WriteAsync(writer, Tokens(git.StandardOutput, limit.Token));
            await git.WaitForExitAsync(limit.Token);
            await errors;
            return git.ExitCode == 0;
        }
        catch
        {
            git.Kill();
            throw;
        }
    }

    /// <summary>Writes the changes that the tokens of <c>git log --name-status -z</c> tell: a commit's mark, hash and time, then status and path (or paths) of each change.</summary>
    internal static async Task WriteAsync(HistoryWriter writer, IAsyncEnumerable<string> tokens)
    {
        var (commit, time) = ("", default(DateTimeOffset));
        await using var next = tokens.GetAsyncEnumerator();
        while (await next.MoveNextAsync())
        {
            var token = next.Current.TrimStart('\n');
            if (token.StartsWith(CommitMark))
            {
                var at = token.IndexOf(' ', StringComparison.Ordinal);
                commit = token[1..at];
                _ = TimeText.TryParse(token[(at + 1)..], out time);
            }
            else if (token.Length > 0 && await next.MoveNextAsync())
            {
                var path = next.Current;
                string? from = null;
                if (token[0] is 'R' or 'C' && await next.MoveNextAsync())
                    (from, path) = (path, next.Current);
                writer.Write(commit, Type(token[0]), path, from, time);
            }
        }
    }

    private static string Type(char status) => status switch
    {
        'A' or 'C' => "added",
        'D' => "deleted",
        'R' => "renamed",
        _ => "modified",
    };

    private static Process? Start(string directory)
    {
        var start = new ProcessStartInfo("git")
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            ArgumentList = { "-c", "log.showSignature=false", "log", "--name-status", "-z", "--reverse", "--find-renames", "--format=%x01%H %cI" },
        };
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static async IAsyncEnumerable<string> Tokens(
        StreamReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new char[16 * 1024];
        var token = new StringBuilder();
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] != '\0')
                {
                    token.Append(buffer[i]);
                    continue;
                }

                yield return token.ToString();
                token.Clear();
            }
        }
    }
}
