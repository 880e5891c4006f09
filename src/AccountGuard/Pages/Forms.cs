using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AccountGuard.Pages;

/// <summary>Routes that a form of our pages posts to.</summary>
public static class Forms
{
    private const int LargestField = 64 << 10;
    private const int MostParts = 100;

    /// <summary>So that a file beyond its limit can be named as what is wrong, and the form be shown again.</summary>
    private const long LargestRequest = 128 << 20;

    /// <summary>
    /// What another site makes a browser send is refused. A form may bring a file of up to so many bytes; of one that
    /// asks for none, what comes as a file is dropped.
    /// </summary>
    public static RouteHandlerBuilder AsForm(this RouteHandlerBuilder route, int largestFile = 0)
    {
        if (largestFile > 0)
        {
            route.WithMetadata(new RequestSizeLimitAttribute(LargestRequest));
        }

        return route.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            await ReceiveAsync(http.Request, largestFile, http.RequestAborted);
            await http.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(http);
            return await next(context);
        }).ExcludeFromDescription();
    }

    /// <summary>
    /// Reads a form in parts into memory: what it brings may be personal and is written to no disk in the clear. A file
    /// beyond the limit is read to its end, for the sake of the fields behind it, and cut one byte behind the limit.
    /// </summary>
    /// <exception cref="BadHttpRequestException">It cannot be read, or a field of it is beyond all use.</exception>
    public static async Task ReceiveAsync(HttpRequest request, int largestFile, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || type.MediaType != "multipart/form-data")
        {
            return;
        }

        try
        {
            var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).Value ?? "", request.Body);
            var fields = new KeyValueAccumulator();
            var files = new FormFileCollection();
            for (var parts = 0; await reader.ReadNextSectionAsync(cancel) is { } part; parts++)
            {
                if (parts == MostParts || part.GetContentDispositionHeader() is not { } about)
                {
                    throw new BadHttpRequestException("Not a form of ours.");
                }

                var name = HeaderUtilities.RemoveQuotes(about.Name).Value ?? "";
                if (about.IsFileDisposition())
                {
                    var content = await ReadAsync(part.Body, largestFile, cancel);
                    files.Add(new FormFile(content, 0, content.Length, name, FileName(about)));
                    continue;
                }

                var text = await ReadAsync(part.Body, LargestField, cancel);
                fields.Append(name, text.Length <= LargestField ? Encoding.UTF8.GetString(text.ToArray())
                    : throw new BadHttpRequestException("A field is too long.", 413));
            }

            request.Form = new FormCollection(
                new Dictionary<string, StringValues>(fields.GetResults(), StringComparer.Ordinal), files);
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new BadHttpRequestException("Not a form that can be read.");
        }
    }

    private static string FileName(ContentDispositionHeaderValue about) => HeaderUtilities.RemoveQuotes(
        StringSegment.IsNullOrEmpty(about.FileNameStar) ? about.FileName : about.FileNameStar).Value ?? "";

    /// <summary>At the most one byte more than the limit; the rest is read and dropped.</summary>
    private static async Task<MemoryStream> ReadAsync(Stream body, int limit, CancellationToken cancel)
    {
        var kept = new MemoryStream();
        var some = new byte[16 << 10];
        for (int length; (length = await body.ReadAsync(some, cancel)) > 0;)
        {
            kept.Write(some, 0, (int)Math.Min(length, limit + 1 - kept.Length));
        }

        kept.Position = 0;
        return kept;
    }
}
