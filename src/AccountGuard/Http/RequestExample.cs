namespace AccountGuard.Http;

/// <summary>
/// A request that a route takes, as the OpenAPI description shows it: its body, and its parameters as name=value&amp;….
/// </summary>
public sealed record RequestExample(string? MediaType, string? Body, string Parameters = "");
