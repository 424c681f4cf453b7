namespace Orleans.Persist.Embedded.Tests.Model;

internal enum ModelStep
{
    Append,
    AppendExactly,
    AppendIf,
    AppendLarge,
    Produce,
    Retry,
    RetryPartly,
    Read,
    ReadAll,
    Truncate,
    Delete,
    SaveSnapshot,
    ReadSnapshots,
    Tick,
    Reopen,
    Compact,
    Kill,
    PowerLoss,
    CutPower,
    DamageTail,
    FailFlush,
    ShortWrite,
    FillDisk,
}
