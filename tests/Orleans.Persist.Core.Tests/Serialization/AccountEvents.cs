using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>The events of the tests of event types.</summary>
[JsonDerivedType(typeof(Opened), "opened")]
[JsonDerivedType(typeof(Closed))]
[JsonDerivedType(typeof(Renamed), "ignored: it has an [EventType]")]
public interface IAccountEvent;

public sealed record Opened(string Owner) : IAccountEvent;

[EventType("deposited", SchemaVersion = 2)]
public sealed record Deposited(decimal Amount, string Currency = "EUR") : IAccountEvent;

public sealed record Closed : IAccountEvent
{
    [SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "System.Text.Json leaves fields out by default: shows that we don't.")]
    public string Reason = "";
}

[EventType("renamed")]
public sealed record Renamed(string Name) : IAccountEvent;

/// <summary>Not found by the default registry.</summary>
public sealed record Audited(string By, string Secret) : IAccountEvent;

/// <summary>What a deposit once was: of version 1.</summary>
public sealed record OldDeposited(int Cents);

/// <summary>What is no event any more: a transfer is several of today's.</summary>
public sealed record OldTransfer(int[] Cents);

[JsonSerializable(typeof(Opened))]
[JsonSerializable(typeof(Deposited))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
public sealed partial class AccountJson : JsonSerializerContext;
