using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Orleans.Persist.AzureStorage.Tests.Support;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>Requests show in traces as those of any Azure client do.</summary>
[Trait("Requirement", "o.10")]
public sealed class TracingTests
{
    [Fact]
    public async Task Every_request_is_an_activity_of_Azure_Core()
    {
        var listener = new Listener();
        using var listening = DiagnosticListener.AllListeners.Subscribe(listener);
        var service = new StubHandler((_, _) => StubHandler.Answer(HttpStatusCode.Created));
        await using var storage = await AzurePersistStorage.OpenAsync(service.NewOptions());
        Assert.Contains("Azure.Core.Http.Request.Start", listener.Seen);
        Assert.Contains("Azure.Core.Http.Request.Stop", listener.Seen);
    }

    private sealed class Listener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public ConcurrentBag<string> Seen { get; } = [];

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name.StartsWith("Azure", StringComparison.Ordinal))
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value) => Seen.Add(value.Key);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
