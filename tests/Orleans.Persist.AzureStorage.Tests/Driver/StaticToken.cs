using Azure.Core;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>A credential that always gives the same token.</summary>
internal sealed class StaticToken : TokenCredential
{
    public const string Value = "the-token";

    public string[] Scopes { get; private set; } = [];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Scopes = requestContext.Scopes;
        return new AccessToken(Value, DateTimeOffset.UtcNow.AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
