using System.Security.Cryptography;
using System.Text;

namespace Orleans.Persist.Web.Security;

/// <summary>The keys that callers may show, as digests.</summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    private const string Scheme = "Bearer ";
    private readonly byte[][] _digests = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Whether callers must show one.</summary>
    public bool AreRequired => _digests.Length > 0;

    /// <summary>Whether a header <c>Authorization</c> shows one of the keys. Takes the same time for every wrong one.</summary>
    public bool Admit(string? authorization)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
            return false;
        Span<byte> shown = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), shown);
        var admitted = false;
        foreach (var digest in _digests)
            admitted |= CryptographicOperations.FixedTimeEquals(shown, digest);
        return admitted;
    }
}
