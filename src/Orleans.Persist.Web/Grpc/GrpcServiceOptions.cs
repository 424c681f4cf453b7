using Microsoft.Extensions.Options;

namespace Orleans.Persist.Web.Grpc;

/// <summary>How the scoped store is served over gRPC (requirement t.5).</summary>
public sealed class GrpcServiceOptions
{
    /// <summary>The most bytes of a message. 1 KiB to 64 MiB; default 4 MiB and 64 KiB, so that a value of 4 MiB fits. A longer one is answered with <c>RESOURCE_EXHAUSTED</c>.</summary>
    public int MaxMessageBytes { get; set; } = (4 << 20) + (64 << 10);

    /// <summary>
    /// Whether errors have gRPC's standard codes: <c>INVALID_ARGUMENT</c> for a request that is not valid and <c>NOT_FOUND</c> for a value that is not there.
    /// Default false: the codes of the published service, <c>UNKNOWN</c> and <c>INVALID_ARGUMENT</c>. The texts are the same.
    /// </summary>
    public bool StandardStatusCodes { get; set; }

    /// <summary>The longest a call may take that is no stream, whatever its deadline says. Above 0, at most 1 hour; default 30 seconds.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What callers have to send as <c>authorization: Bearer TOKEN</c>; null for nothing. Without it a call is answered with <c>UNAUTHENTICATED</c>.</summary>
    public string? Token { get; set; }

    /// <summary>Whether to serve anybody on addresses beyond loopback where there is no <see cref="Token"/>. Default false: such an address is refused.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Throws where an option is out of range.</summary>
    /// <exception cref="OptionsValidationException">One is; the message names it.</exception>
    public void Validate()
    {
        Require(MaxMessageBytes is >= 1 << 10 and <= 64 << 20, nameof(MaxMessageBytes), MaxMessageBytes, "1 KiB to 64 MiB");
        Require(CallTimeout > TimeSpan.Zero && CallTimeout <= TimeSpan.FromHours(1), nameof(CallTimeout), CallTimeout, "above 0 and at most 1 hour");
        Require(Token is not { Length: 0 }, nameof(Token), "empty", "null or a text");
    }

    private static void Require(bool met, string name, object value, string range)
    {
        if (!met)
            throw new OptionsValidationException(nameof(GrpcServiceOptions), typeof(GrpcServiceOptions), [$"{nameof(GrpcServiceOptions)}.{name} must be {range}; it is {value}."]);
    }
}
