using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Azurite;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>Signing in as with Microsoft Entra ID. Azurite looks at a token's audience, issuer and lifetime, over https only.</summary>
[NeedsAzurite]
[Trait("Requirement", "o.10")]
public sealed class TokenTests : IDisposable
{
    private readonly CancellationToken _limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;
    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-persist-token-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_token_is_taken_by_both_services_and_one_that_is_not_good_is_said()
    {
        using var certificate = NewCertificate();
        await using var azurite = await AzuriteServer.StartAsync(https: (Path.Combine(_folder, "certificate.pem"), Path.Combine(_folder, "key.pem")), cancellationToken: _limit);
        await using (var storage = await AzurePersistStorage.OpenAsync(Options(new JwtCredential(TimeSpan.FromHours(1))), cancellationToken: _limit))
        {
            await storage.Journal.AppendAsync("s", ExpectedVersion.NoStream, new EventData { Type = "t", Data = new byte[2 << 20] }, _limit);
            Assert.Equal(2 << 20, (await storage.Journal.ReadAsync("s", ReadRequest.All, _limit).SingleAsync(_limit)).Data.Length);
        }

        var refused = await Assert.ThrowsAsync<JournalUnavailableException>(() => AzurePersistStorage.OpenAsync(Options(new JwtCredential(TimeSpan.FromHours(-1))), cancellationToken: _limit));
        Assert.Contains("The token is not accepted", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Storage Table Data Contributor", refused.Message, StringComparison.Ordinal);

        AzureStorageOptions Options(JwtCredential credential)
        {
            var options = SharedAzurite.Own(new AzureStorageOptions { TableEndpoint = Endpoint(azurite.TablePort), BlobEndpoint = Endpoint(azurite.BlobPort), TokenCredential = credential });
            var handler = new SocketsHttpHandler();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString();
            options.Client.Transport = new HttpClientTransport(handler);
            return options;
        }

        static Uri Endpoint(int port) => new($"https://127.0.0.1:{port}/devstoreaccount1");
    }

    [Fact]
    public async Task A_token_is_renewed_when_it_has_expired()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var service = new StubHandler((request, _) => StubHandler.Answer(seen.Add(request.Headers.Authorization!.ToString()) ? HttpStatusCode.Created : HttpStatusCode.Forbidden));
        var options = service.Use(new AzureStorageOptions { TableEndpoint = new Uri("https://t.test"), BlobEndpoint = new Uri("https://b.test"), TokenCredential = new JwtCredential(TimeSpan.Zero) });
        await using var storage = await AzurePersistStorage.OpenAsync(options, cancellationToken: _limit);
        Assert.Equal(2, seen.Count);
    }

    private X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
