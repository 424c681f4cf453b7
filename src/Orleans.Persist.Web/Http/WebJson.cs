using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Persist.Web.Http;

/// <summary>The JSON of requests and answers that are no events.</summary>
[JsonSerializable(typeof(PublishAnswer))]
[JsonSerializable(typeof(SourceList))]
[JsonSerializable(typeof(SourceEntry))]
[JsonSerializable(typeof(SinkList))]
[JsonSerializable(typeof(EventsRequest))]
[JsonSerializable(typeof(SubscriptionRequest))]
[JsonSerializable(typeof(SubscriptionAnswer))]
[JsonSerializable(typeof(SubscriptionList))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(AcknowledgeAnswer))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(UtcConverter)])]
internal sealed partial class WebJson : JsonSerializerContext;
