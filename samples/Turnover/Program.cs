using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddPersist(persist => persist
    .UseEmbeddedJournal(args.FirstOrDefault() ?? "data")
    .AddEventSource("orders", options =>
    {
        options.ExportEvery = 1_000;
        options.ExportInterval = TimeSpan.FromMinutes(5);
    })
    .AddSink("orders", new Turnover()));

using var host = builder.Build();
await host.StartAsync(); // opens the directory; the sink imports its last export, and what it has missed is replayed to it

var engine = host.Services.GetRequiredService<IPersistEngine>();
var orders = await engine.GetSourceAsync("orders");
var placed = new EventData
{
    Type = "OrderPlaced",
    Id = "order-4711-placed", // appended again, it is recognized and not stored again
    Subject = "order-4711",
    ContentType = "application/json",
    Data = JsonSerializer.SerializeToUtf8Bytes(new Order("Ada", 12.50m)),
};
var result = await orders.PublishAsync(new[] { placed }); // completes when the event is on the device
Console.WriteLine($"version {result.LastVersion}{(result.Duplicate ? ", was there already" : "")}");

var request = new ReadRequest { Filter = new EventFilter { Subjects = ["order-4711"] } };
await foreach (var @event in orders.ReadAsync(request))
    Console.WriteLine($"{@event.Version} {@event.Time:u} {@event.Type}");

await host.StopAsync(); // the sink exports

public sealed record Order(string Customer, decimal Amount);

public sealed class TurnoverState
{
    public Dictionary<string, decimal> ByCustomer { get; init; } = [];
}

public sealed class Turnover : EventSink<TurnoverState>
{
    public override string Name => "turnover";

    // Called once for each event the state does not cover, in order, whether replayed or live.
    protected override ValueTask ApplyAsync(TurnoverState state, RecordedEvent @event, CancellationToken cancellationToken)
    {
        if (@event.Type == "OrderPlaced")
        {
            var order = JsonSerializer.Deserialize<Order>(@event.Data.Span)!;
            state.ByCustomer[order.Customer] = state.ByCustomer.GetValueOrDefault(order.Customer) + order.Amount;
        }

        return default;
    }
}
