using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Memory;
using Orleans.Persist.Scopes;
using Orleans.Persist.TestKit;
using Orleans.Persist.Web.Grpc;

namespace Orleans.Persist.Client.Tests;

/// <summary>The real server on a port of its own, with a store in memory.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("client-tests-").FullName;
    private GrpcServer _server = null!;

    public ManualTimeProvider Time { get; } = new();

    public ScopedStore Store { get; private set; } = null!;

    public Uri Address => new(_server.Addresses.Single());

    /// <summary>Trusts the server's certificate, and no other.</summary>
    public X509ChainPolicy Trust { get; } = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };

    public static async Task<TestServer> StartAsync(Action<GrpcServiceOptions>? configure = null, bool tls = false, Func<IScopedStore, IScopedStore>? wrap = null)
    {
        var test = new TestServer();
        test.Store = await ScopedStore.OpenAsync(new MemoryJournal(test.Time), null, test.Time);
        var options = new GrpcServiceOptions();
        configure?.Invoke(options);
        test._server = new GrpcServer(
            [tls ? "https://127.0.0.1:0" : "http://127.0.0.1:0"], wrap?.Invoke(test.Store) ?? test.Store, options, tls ? test.Certify() : null, NullLoggerFactory.Instance);
        await test._server.StartAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        return test;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _server.StopAsync(limit.Token);
        await _server.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private IConfiguration Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (path, keyPath) = (Path.Combine(_folder, "certificate.pem"), Path.Combine(_folder, "key.pem"));
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        Trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(path));
        return new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Certificates:Default:Path"] = path,
            ["Certificates:Default:KeyPath"] = keyPath,
        }).Build();
    }
}
