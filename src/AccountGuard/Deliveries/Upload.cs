using System.Net.Http.Headers;
using AccountGuard.Identity;
using Microsoft.AspNetCore.Mvc;

namespace AccountGuard.Deliveries;

/// <summary>
/// A file that comes as the body of a request. It is received whole before a row of it is read, so that a broken
/// connection leaves nothing behind.
/// </summary>
public static class Upload
{
    public const string Csv = "text/csv";
    public const string Ndjson = "application/x-ndjson";

    /// <summary>The limit of requests that each hold connections of the database: few at once for a login.</summary>
    public const string Few = "few at once";

    private const long LargestFile = 2L << 30;
    private const int ChunkLength = 1 << 20;

    /// <summary>The route takes files of at most 2 GB, of one of these media types.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string mediaType, params string[] others) =>
        route.Takes(LargestFile, mediaType, others);

    /// <summary>The route takes bodies up to so many bytes, of one of these media types.</summary>
    public static RouteHandlerBuilder Takes(
        this RouteHandlerBuilder route, long largest, string mediaType, params string[] others) =>
        route.Accepts<Stream>(mediaType, others).WithMetadata(new RequestSizeLimitAttribute(largest))
            .RequireRateLimiting(Few);

    /// <summary>The body as a file that has no name on disk: it is gone with this process.</summary>
    /// <exception cref="BadInput">The charset is not one of the two.</exception>
    public static async Task<DeliveredFile> ReceiveAsync(HttpRequest request, CancellationToken cancel)
    {
        var file = await SpoolAsync(request, cancel);
        try
        {
            return DeliveredFile.Of(file, Charset(request));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>The body as it came.</summary>
    public static async Task<NamelessFile> SpoolAsync(HttpRequest request, CancellationToken cancel)
    {
        var file = new NamelessFile();
        try
        {
            await request.Body.CopyToAsync(file, ChunkLength, cancel);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>One of the media types that the route takes.</summary>
    public static string MediaType(HttpRequest request) => ContentType(request).MediaType!.ToLowerInvariant();

    /// <summary>The sender's id of the delivery, from the header Idempotency-Key; each login has its own.</summary>
    public static string? DeliveryId(HttpRequest request) =>
        request.Headers["Idempotency-Key"].ToString() is { Length: > 0 and <= 200 } id ? id
            : request.Headers.ContainsKey("Idempotency-Key")
                ? throw new BadInput("The Idempotency-Key is empty or longer than 200 characters.")
                : null;

    /// <summary>As the content type says it, in lower case; null where it does not.</summary>
    public static string? Charset(HttpRequest request) =>
        ContentType(request).CharSet?.Trim('"').ToLowerInvariant();

    // Routing lets a request by that names no type at all.
    private static MediaTypeHeaderValue ContentType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType is not null ? type
            : throw new BadHttpRequestException("No content type.", StatusCodes.Status415UnsupportedMediaType);

    public static string Sender(HttpContext context) => Caller.Of(context.User).Login;
}
