namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Ends a child when its parent has gone: the pipe that is its standard input ends then.</summary>
internal static class ParentWatch
{
    /// <summary>A token that is also cancelled when standard input ends.</summary>
    public static CancellationToken Until(CancellationToken cancellationToken)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
            }

            either.Cancel();
        }) { IsBackground = true, Name = "parent watch" }.Start();
        return either.Token;
    }
}
