namespace Orleans.Persist.AzureStorage.Tests.Faults;

/// <summary>What the proxy does to one request.</summary>
public enum Fault
{
    /// <summary>Passes it on, and the answer back.</summary>
    None,

    /// <summary>Cuts the connection; the server never sees the request.</summary>
    Cut,

    /// <summary>Cuts the connection once the server has done the work: the answer is dropped.</summary>
    DropAnswer,

    /// <summary>Cuts the connection in the middle of the answer.</summary>
    HalfAnswer,

    /// <summary>Passes everything on, late.</summary>
    Delay,

    /// <summary>Answers 500 itself; the server never sees the request.</summary>
    Error500,

    /// <summary>Answers 500 itself once the server has done the work.</summary>
    Error500Afterwards,

    /// <summary>Answers 503 itself.</summary>
    Error503,

    /// <summary>Answers 429 itself.</summary>
    Error429,
}
