using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Orleans.Persist.Web.Http;

/// <summary>The OpenAPI document, with what the handlers' signatures do not tell.</summary>
internal static class OpenApi
{
    private const string Publish = "PublishEvents";

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
            return Task.CompletedTask;
        });
    });

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
