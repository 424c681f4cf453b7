namespace Orleans.Persist.Web.Http;

/// <summary>A request cannot be answered as it is; becomes a problem document.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The last part of the problem's type.</param>
/// <param name="detail">What is wrong, and what would be right.</param>
/// <param name="inner">Where it was found.</param>
internal sealed class RequestException(int status, string code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The last part of the problem's type.</summary>
    public string Code { get; } = code;

    /// <summary>400.</summary>
    public static RequestException Bad(string detail, Exception? inner = null) => new(400, ProblemCodes.BadRequest, detail, inner);
}
