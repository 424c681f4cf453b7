using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Persist.Subscriptions;

namespace Orleans.Persist.Web.Http;

/// <summary>What a new subscription is to give. Everything may be left out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SubscriptionRequest
{
    private const string End = "end";

    [Description("Where it begins: a sequence number, \"start\" (the default) or \"end\". Means nothing for a subscription that is there already.")]
    public JsonElement? From { get; init; }

    public IReadOnlyList<string>? Types { get; init; }

    public IReadOnlyList<string>? Subjects { get; init; }

    public IReadOnlyList<string>? SubjectPrefixes { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    [Description("For how long events that were taken are nobody else's. Default 30.")]
    public double? LeaseSeconds { get; init; }

    [Description("The most events that may be taken and not acknowledged. Default 10,000.")]
    public int? MaxOutstanding { get; init; }

    /// <summary>The definition.</summary>
    /// <param name="newest">The newest version of the source.</param>
    /// <exception cref="RequestException">A value is out of bounds.</exception>
    public SubscriptionDefinition ToDefinition(long newest)
    {
        var defaults = new SubscriptionDefinition();
        return defaults with
        {
            FromVersion = Begin(newest),
            Types = Types,
            Subjects = Subjects,
            SubjectPrefixes = SubjectPrefixes,
            Tags = Tags,
            LeaseTime = LeaseSeconds is null ? defaults.LeaseTime
                : LeaseSeconds is >= 0 and <= 1e6 ? TimeSpan.FromSeconds(LeaseSeconds.Value)
                : throw RequestException.Bad($"'leaseSeconds' is {LeaseSeconds.Value.ToString(CultureInfo.InvariantCulture)}; a lease lasts from 1 second to 1 day."),
            MaxOutstanding = MaxOutstanding ?? defaults.MaxOutstanding,
        };
    }

    private long? Begin(long newest) => From switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var version) => version,
        { ValueKind: JsonValueKind.String } text when text.GetString() is "start" => null,
        { ValueKind: JsonValueKind.String } text when text.GetString() is End => newest + 1,
        _ => throw RequestException.Bad("'from' is a sequence number, \"start\" or \"end\"."),
    };
}
