using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>The three ways to sign in, against Azurite where it knows them, and what is said when they do not work.</summary>
[NeedsAzurite]
[Trait("Requirement", "o.10")]
public sealed class CredentialTests
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly CancellationToken Limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    [Fact]
    public async Task A_sas_in_the_connection_string_in_the_endpoints_or_as_a_credential_suffices()
    {
        var sas = Sas(DateTimeOffset.UtcNow.AddHours(1));
        var (table, blob) = await EndpointsAsync();
        await WorksAsync(new AzureStorageOptions { ConnectionString = $"TableEndpoint={table};BlobEndpoint={blob};SharedAccessSignature={sas}" });
        await WorksAsync(new AzureStorageOptions { TableEndpoint = new Uri($"{table}?{sas}"), BlobEndpoint = new Uri($"{blob}?{sas}") });
        await WorksAsync(new AzureStorageOptions { TableEndpoint = table, BlobEndpoint = blob, SasCredential = new AzureSasCredential(sas) });
    }

    [Fact]
    public async Task A_key_as_a_credential_suffices()
    {
        var (table, blob) = await EndpointsAsync();
        await WorksAsync(new AzureStorageOptions { TableEndpoint = table, BlobEndpoint = blob, KeyCredential = new AzureNamedKeyCredential(Account, Key) });
    }

    [Fact]
    public async Task A_token_goes_with_every_request()
    {
        var token = new StaticToken();
        var answered = new StubHandler((request, _) =>
            request.Headers.Authorization?.ToString() == "Bearer " + StaticToken.Value ? StubHandler.Answer(HttpStatusCode.Created) : StubHandler.Answer(HttpStatusCode.Forbidden));
        var options = answered.Use(new AzureStorageOptions { TableEndpoint = new Uri("https://t.test"), BlobEndpoint = new Uri("https://b.test"), TokenCredential = token });
        await using var storage = await AzurePersistStorage.OpenAsync(options, cancellationToken: Limit);
        Assert.Equal(["https://storage.azure.com/.default"], token.Scopes);
        Assert.Equal(2, answered.Requests.Count);
    }

    [Fact]
    public async Task An_expired_sas_is_said_and_not_repeated()
    {
        var (table, blob) = await EndpointsAsync();
        var sas = Sas(DateTimeOffset.UtcNow.AddHours(-1));
        var error = await FailsAsync(new AzureStorageOptions { ConnectionString = $"TableEndpoint={table};BlobEndpoint={blob};SharedAccessSignature={sas}" });
        Assert.Contains("The SAS has expired, at ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_said()
    {
        var (table, blob) = await EndpointsAsync();
        var wrong = Convert.ToBase64String(new byte[64]);
        var error = await FailsAsync(new AzureStorageOptions { ConnectionString = $"AccountName={Account};AccountKey={wrong};TableEndpoint={table};BlobEndpoint={blob}" });
        Assert.Contains("403", error.Message, StringComparison.Ordinal);
        Assert.Contains("The account's key is wrong, or has been renewed", error.Message, StringComparison.Ordinal);
        Assert.Contains(table.Authority, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sas_with_another_signature_is_said()
    {
        var (table, blob) = await EndpointsAsync();
        var error = await FailsAsync(new AzureStorageOptions { ConnectionString = $"TableEndpoint={table};BlobEndpoint={blob};SharedAccessSignature={Sas(DateTimeOffset.UtcNow.AddHours(1))}x" });
        Assert.Contains("The SAS is wrong, or the key it was made with has been renewed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_and_a_container_that_are_missing_are_said_where_they_may_not_be_created()
    {
        var options = await SharedAzurite.NewOptionsAsync();
        options.CreateIfMissing = false;
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => AzurePersistStorage.OpenAsync(options, cancellationToken: Limit));
        Assert.Contains("The table does not exist: create it, or set CreateIfMissing", error.Message, StringComparison.Ordinal);
        await new RawAccount(options).Table.CreateAsync(Limit);
        error = await Assert.ThrowsAsync<JournalUnavailableException>(() => AzurePersistStorage.OpenAsync(options, cancellationToken: Limit));
        Assert.Contains("The container does not exist: create it, or set CreateIfMissing", error.Message, StringComparison.Ordinal);
        Assert.Contains(options.ContainerName, error.Message, StringComparison.Ordinal);
    }

    private static async Task WorksAsync(AzureStorageOptions options)
    {
        await using var storage = await AzurePersistStorage.OpenAsync(SharedAzurite.Own(options), cancellationToken: Limit);
        await storage.Journal.AppendAsync("ü/~ '%20'", ExpectedVersion.NoStream, new EventData { Type = "t", Data = new byte[2 << 20] }, Limit);
        Assert.Equal(1, (await storage.Journal.GetHeadAsync("ü/~ '%20'", Limit)).Version);
        Assert.Equal(["ü/~ '%20'"], await storage.Journal.ListStreamsAsync("ü", Limit).Select(h => h.Stream).ToListAsync(Limit));
    }

    private static async Task<JournalUnavailableException> FailsAsync(AzureStorageOptions options) =>
        await Assert.ThrowsAsync<JournalUnavailableException>(() => AzurePersistStorage.OpenAsync(SharedAzurite.Own(options), cancellationToken: Limit));

    private static async Task<(Uri Table, Uri Blob)> EndpointsAsync()
    {
        var server = await SharedAzurite.GetAsync();
        return (new Uri($"http://127.0.0.1:{server.TablePort}/{Account}"), new Uri($"http://127.0.0.1:{server.BlobPort}/{Account}"));
    }

    /// <summary>An account SAS for both services ("Create an account SAS" of the REST reference).</summary>
    private static string Sas(DateTimeOffset expires)
    {
        const string Permissions = "rwdlacup", Services = "bt", Types = "sco", Protocol = "https,http", Version = "2019-12-12";
        var until = expires.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var text = $"{Account}\n{Permissions}\n{Services}\n{Types}\n\n{until}\n\n{Protocol}\n{Version}\n";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
        return $"sv={Version}&ss={Services}&srt={Types}&sp={Permissions}&se={Uri.EscapeDataString(until)}&spr={Uri.EscapeDataString(Protocol)}&sig={Uri.EscapeDataString(signature)}";
    }
}
