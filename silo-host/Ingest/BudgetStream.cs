namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Fails once more bytes have been read than allowed since the last <see cref="Renew"/>: bounds what a parser gathers for one node.</summary>
internal sealed class BudgetStream(Stream inner, int budget) : ForwardStream(inner)
{
    private readonly int _budget = budget;
    private int _left = budget;

    /// <summary>Whether the budget was exceeded.</summary>
    public bool Exceeded => _left < 0;

    /// <summary>Gives the full budget again.</summary>
    public void Renew() => _left = _budget;

    /// <inheritdoc/>
    protected override void OnRead(int count)
    {
        _left -= count;
        if (_left < 0)
            throw new IOException("The budget of bytes for one node is used up.");
    }
}
