namespace Orleans.Persist.TestKit.Faults;

/// <summary>A fault that is to strike.</summary>
/// <param name="Operation">What it strikes.</param>
/// <param name="Skip">How many operations of that kind still succeed before it.</param>
/// <param name="Times">How often it strikes.</param>
/// <param name="Keep">How many bytes of a write are written nevertheless.</param>
internal sealed record DiskFault(StorageOperation Operation, int Skip, int Times, int Keep)
{
    private const int Eio = 5;
    private const int Enospc = 28;

    public static IOException InputOutput(string place) => new($"Input/output error : '{place}'", Eio);

    public static IOException NoSpace(string place) => new($"No space left on device : '{place}'", Enospc);

    public static IOException PowerOff(string place) => new($"The process that opened it is gone : '{place}'", Eio);
}
