using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace AccountGuard.Http;

/// <summary>The OpenAPI description: what each route takes, from whom, with an example that a test sends.</summary>
public static class Description
{
    public const string Path = "/api/openapi.json";
    public const string PagePath = "/api/docs";
    private const string Bearer = "bearer";

    public static TBuilder Example<TBuilder>(
        this TBuilder route, string? mediaType, string? body, string parameters = "")
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(
            new RequestExample(mediaType, body, parameters));

    /// <summary>As JSON, and as a page to read and to try it on; that page too loads nothing from elsewhere.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(Path).AllowAnonymous();
        routes.MapScalarApiReference(PagePath, page =>
        {
            page.OpenApiRoutePattern = Path;
            page.Title = "AccountGuard";
            page.DefaultFonts = false;
            page.Telemetry = false;
            page.HideDeveloperTools().DisableAgent().WithNonce();
        }).AllowAnonymous().Add(endpoint =>
        {
            var show = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; connect-src 'self'; "
                        + "img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; "
                        + $"script-src 'self' 'nonce-{context.Items[ScalarOptions.NonceHttpContextItemKey]}'; "
                        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
                    return Task.CompletedTask;
                });
                return show(context);
            };
        });
    }

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
            document.Tags = new HashSet<OpenApiTag>(document.Paths.Keys.Select(path => path.Split('/')[2]).Distinct()
                .Select(subject => new OpenApiTag { Name = subject }));
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
            var subject = context.Description.RelativePath!.Split('/')[1];
            operation.Tags = new HashSet<OpenApiTagReference> { new(subject, context.Document) };
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
