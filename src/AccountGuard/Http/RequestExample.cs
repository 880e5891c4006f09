using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AccountGuard.Http;

/// <summary>
/// A request that a route takes, as the OpenAPI description shows it: its body, and its parameters as name=value&amp;….
/// </summary>
public sealed record RequestExample(string? MediaType, string? Body, string Parameters = "");

/// <summary>The OpenAPI description: what each route takes, from whom, with an example that a test sends.</summary>
public static class Description
{
    public const string Path = "/api/openapi.json";
    private const string Bearer = "bearer";

    public static TBuilder Example<TBuilder>(
        this TBuilder route, string? mediaType, string? body, string parameters = "")
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(
            new RequestExample(mediaType, body, parameters));

    public static void Add(IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "AccountGuard",
                Version = "1",
                Description = "Account changes are screened against affected lists; payments ask where they stand.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            foreach (var example in metadata.OfType<RequestExample>())
            {
                Show(operation, example);
            }

            if (metadata.OfType<Microsoft.AspNetCore.Authorization.IAuthorizeData>().FirstOrDefault() is { } access)
            {
                operation.Description = $"Roles: {access.Roles}.";
                operation.Security =
                [
                    new OpenApiSecurityRequirement
                    {
                        [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [],
                    },
                ];
            }

            if (metadata.OfType<Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata>().LastOrDefault()
                is { MaxRequestBodySize: { } limit })
            {
                operation.Description += $" The body is at most {limit:N0} bytes.";
            }

            return Task.CompletedTask;
        });
    });

    private static void Show(OpenApiOperation operation, RequestExample example)
    {
        if (example.MediaType is { } type && operation.RequestBody?.Content?.TryGetValue(type, out var body) == true)
        {
            body.Example = type == "application/json" ? JsonNode.Parse(example.Body!) : JsonValue.Create(example.Body);
        }

        foreach (var pair in example.Parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
            if (operation.Parameters?.FirstOrDefault(p => p.Name == name) is OpenApiParameter parameter)
            {
                parameter.Example = JsonValue.Create(value);
            }
        }
    }
}
