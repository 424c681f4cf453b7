namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The payload of the replay's events: about 200 bytes of JSON.</summary>
internal sealed record ReplayOrder(long Number, string Customer, string Product, int Quantity, decimal Price, DateTimeOffset Placed, string Note);
