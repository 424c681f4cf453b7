using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>A credential that makes its tokens itself, each another one. They are not signed; Azurite does not look at that.</summary>
internal sealed class JwtCredential(TimeSpan lifetime) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var (now, expires) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow + lifetime);
        var claims = new Dictionary<string, object>
        {
            ["aud"] = "https://storage.azure.com",
            ["iss"] = "https://sts.windows.net/the-tenant/",
            ["iat"] = now.AddHours(-2).ToUnixTimeSeconds(),
            ["nbf"] = now.AddHours(-2).ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid(),
        };
        var header = new Dictionary<string, object> { ["alg"] = "RS256", ["typ"] = "JWT" };
        return new AccessToken($"{Encode(header)}.{Encode(claims)}.{Base64Url.EncodeToString("unsigned"u8)}", expires);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));

    private static string Encode(Dictionary<string, object> part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
