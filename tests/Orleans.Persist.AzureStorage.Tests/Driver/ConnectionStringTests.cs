using Azure;
using Orleans.Persist.AzureStorage.Rest;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

[Trait("Requirement", "o.10")]
public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net", "https://a.table.core.windows.net/", "https://a.blob.core.windows.net/")]
    [InlineData("AccountName=a;AccountKey=a2V5", "https://a.table.core.windows.net/", "https://a.blob.core.windows.net/")]
    [InlineData("accountname=a; accountkey=a2V5 ;TableEndpoint=http://localhost:1/a/;BlobEndpoint=http://localhost:2/a", "http://localhost:1/a", "http://localhost:2/a")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "http://127.0.0.1:10000/devstoreaccount1")]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite", "http://azurite:10002/devstoreaccount1", "http://azurite:10000/devstoreaccount1")]
    [InlineData("BlobEndpoint=https://b.test;TableEndpoint=https://t.test;SharedAccessSignature=?sv=1&sig=x", "https://t.test/", "https://b.test/")]
    public void Both_services_are_found(string text, string table, string blob)
    {
        var account = ConnectionString.Parse(text);
        Assert.Equal((table, blob), (account.Table.AbsoluteUri, account.Blob.AbsoluteUri));
        Assert.True(account.Key is not null ^ account.Sas is "sv=1&sig=x");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("nonsense", "name=value")]
    [InlineData("AccountName=a;AccountKey=SECRET!", "Base64")]
    [InlineData("AccountName=a;AccountKey=", "Base64")]
    [InlineData("AccountKey=a2V5;TableEndpoint=http://t;BlobEndpoint=http://b", "AccountName")]
    [InlineData("AccountKey=a2V5", "neither AccountName nor TableEndpoint")]
    [InlineData("AccountName=a", "neither AccountKey nor SharedAccessSignature")]
    [InlineData("AccountName=a;AccountKey=a2V5;AccountName=b", "twice")]
    [InlineData("AccountName=a;AccountKey=a2V5;SharedAccessSignature=s", "both")]
    [InlineData("AccountName=a;AccountKey=a2V5;TableEndpoint=ftp://x", "TableEndpoint")]
    [InlineData("UseDevelopmentStorage=yes", "UseDevelopmentStorage")]
    public void A_malformed_one_is_refused_without_its_secrets(string text, string says)
    {
        var error = Assert.Throws<ArgumentException>(() => ConnectionString.Parse(text));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_contradict_each_other_or_miss_something_are_refused()
    {
        var (table, blob) = (new Uri("https://a.table.test"), new Uri("https://a.blob.test"));
        var key = new AzureNamedKeyCredential("a", "a2V5");
        Refused(new AzureStorageOptions(), "ConnectionString");
        Refused(new AzureStorageOptions { TableEndpoint = table, KeyCredential = key }, "BlobEndpoint");
        Refused(new AzureStorageOptions { ConnectionString = "UseDevelopmentStorage=true", KeyCredential = key }, "not both");
        Refused(new AzureStorageOptions { TableEndpoint = table, BlobEndpoint = blob }, "one credential");
        Refused(new AzureStorageOptions { TableEndpoint = table, BlobEndpoint = blob, KeyCredential = key, SasCredential = new AzureSasCredential("s") }, "one credential");
        Refused(new AzureStorageOptions { TableEndpoint = new Uri("https://a.table.test?sig=1"), BlobEndpoint = blob }, "same SAS");
        Refused(new AzureStorageOptions { TableEndpoint = new Uri("http://a.test"), BlobEndpoint = blob, TokenCredential = new StaticToken() }, "https");
        new AzureStorageOptions { TableEndpoint = table, BlobEndpoint = blob, TokenCredential = new StaticToken() }.Validate();
        new AzureStorageOptions { TableEndpoint = new Uri("https://a.test?sig=1"), BlobEndpoint = new Uri("https://b.test?sig=1") }.Validate();

        static void Refused(AzureStorageOptions options, string says) =>
            Assert.Contains(says, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab", false)]
    [InlineData("abc", true)]
    [InlineData("1abc", false)]
    [InlineData("a-b", false)]
    [InlineData("Tables", false)]
    [InlineData("a\n", false)]
    [InlineData("A234567890123456789012345678901234567890123456789012345678901234", false)]
    public void Names_of_tables_follow_the_rule(string name, bool good) => Check(new AzureStorageOptions { ConnectionString = "UseDevelopmentStorage=true", TableName = name }, good);

    [Theory]
    [InlineData("ab", false)]
    [InlineData("a-b", true)]
    [InlineData("1ab", true)]
    [InlineData("a--b", false)]
    [InlineData("-ab", false)]
    [InlineData("ab-", false)]
    [InlineData("Abc", false)]
    public void Names_of_containers_follow_the_rule(string name, bool good) => Check(new AzureStorageOptions { ConnectionString = "UseDevelopmentStorage=true", ContainerName = name }, good);

    private static void Check(AzureStorageOptions options, bool good)
    {
        if (good)
            options.Validate();
        else
            Assert.ThrowsAny<ArgumentException>(options.Validate);
    }
}
