using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Orleans.Persist.Web.Http;

/// <summary>The OpenAPI document, with what the handlers' signatures do not tell.</summary>
internal static class OpenApi
{
    private const string Publish = "PublishEvents";
    private const string Problems = "application/problem+json";

    /// <summary>Adds the document.</summary>
    public static void AddPersistOpenApi(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Orleans.Persist",
                Version = "1",
                Description = "Event sources: publish, query, follow, rebuild states, and named subscriptions. Errors are problem documents (RFC 9457).",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes["key"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, where the host has been given any.",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            if (operation.OperationId == Publish)
                Describe(operation);
            Complete(operation);
            return Task.CompletedTask;
        });
    });

    /// <summary>The answers that are written piece by piece, whose types no signature tells, and the errors that any request may get.</summary>
    private static void Complete(OpenApiOperation operation)
    {
        operation.Responses ??= [];
        switch (operation.OperationId)
        {
            case "GetEvents" or "QueryEvents":
                Answer(operation, new(StringComparer.Ordinal)
                {
                    ["application/json"] = Of(Object(("events", Array()), ("next", Text()), ("atEnd", new OpenApiSchema { Type = JsonSchemaType.Boolean }))),
                    ["application/x-ndjson"] = Of(Text()),
                    ["text/event-stream"] = Of(Text()),
                });
                break;
            case "TakeEvents":
                Answer(operation, Json(Object(("lease", Text()), ("incarnation", Number()), ("until", Text()), ("attempts", Array(Number())), ("events", Array()))));
                break;
            case "GetState":
                Answer(operation, Json(Object(("source", Text()), ("projection", Text()), ("version", Number()), ("events", Number()), ("state", new OpenApiSchema()))));
                break;
            case "TakeCheckpoint":
                Answer(operation, Json(Checkpoint()));
                break;
            case "ListCheckpoints":
                Answer(operation, Json(Object(("checkpoints", Array(Checkpoint())))));
                break;
        }

        if (operation.OperationId is "GetEvents")
        {
            operation.Parameters!.Add(new OpenApiParameter
            {
                Name = "Last-Event-ID",
                In = ParameterLocation.Header,
                Description = "Live: the id of the last event that was got, to go on after it.",
                Schema = Text(),
            });
        }

        var problem = operation.Responses.Values.FirstOrDefault(known => known.Content?.ContainsKey(Problems) == true)?.Content
            ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Problems] = Of(Object(("type", Text()), ("title", Text()), ("status", Number()), ("detail", Text()))) };
        foreach (var (status, description) in ((string, string)[])
            [("401", "No key, or none that is known."), ("403", "From a page of another site."), ("500", "Something that should not be; the host's log says more."), ("503", "The engine does not answer now.")])
        {
            operation.Responses.TryAdd(status, new OpenApiResponse { Description = description, Content = problem });
        }
    }

    private static void Answer(OpenApiOperation operation, Dictionary<string, OpenApiMediaType> content) =>
        operation.Responses!["200"] = new OpenApiResponse { Description = "OK", Content = content };

    private static Dictionary<string, OpenApiMediaType> Json(OpenApiSchema schema) => new(StringComparer.Ordinal) { ["application/json"] = Of(schema) };

    private static OpenApiMediaType Of(OpenApiSchema schema) => new() { Schema = schema };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Number() => new() { Type = JsonSchemaType.Integer };

    private static OpenApiSchema Array(OpenApiSchema? items = null) => new() { Type = JsonSchemaType.Array, Items = items ?? new OpenApiSchema { Type = JsonSchemaType.Object } };

    private static OpenApiSchema Object(params ReadOnlySpan<(string Name, OpenApiSchema Schema)> properties)
    {
        var all = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach (var (name, schema) in properties)
            all[name] = schema;
        return new OpenApiSchema { Type = JsonSchemaType.Object, Properties = all };
    }

    private static OpenApiSchema Checkpoint() => Object(("source", Text()), ("incarnation", Number()), ("version", Number()), ("hash", Text()), ("taken", Text()), ("signature", Text()));

    private static void Describe(OpenApiOperation operation)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "CloudEvents 1.0. In binary mode the attributes are in headers ce-…, and the body is the payload.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/cloudevents+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                ["application/cloudevents-batch+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } } },
                ["*/*"] = new(),
            },
        };
        operation.Parameters ??= [];
        Header(Expectations.SubjectHeader, "The sequence number of the newest event about the events' one subject (0: none). For several subjects: the extension attribute expectedversion.");
        Header(Expectations.SourceHeader, "The sequence number of the source's newest event.");
        Header(Expectations.ProducerHeader, "The producer's name; with Persist-Sequence, a retry is recognized for ever.");
        Header(Expectations.SequenceHeader, "A number that the producer raises with every request.");

        void Header(string name, string description) => operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = name == Expectations.ProducerHeader ? JsonSchemaType.String : JsonSchemaType.Integer },
        });
    }
}
