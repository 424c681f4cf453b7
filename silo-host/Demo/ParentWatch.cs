namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Ends a child when its parent has gone, or closes the pipe that is its standard input.</summary>
internal static class ParentWatch
{
    /// <summary>A token that is also cancelled when standard input ends.</summary>
    /// <param name="cancellationToken">The other reason to end.</param>
    /// <param name="onLine">Called with each line that the parent writes.</param>
    public static CancellationToken Until(CancellationToken cancellationToken, Action<string>? onLine = null)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        new Thread(() =>
        {
            using var input = new StreamReader(Console.OpenStandardInput());
            while (input.ReadLine() is { } line)
                onLine?.Invoke(line);
            either.Cancel();
        }) { IsBackground = true, Name = "parent watch" }.Start();
        return either.Token;
    }
}
