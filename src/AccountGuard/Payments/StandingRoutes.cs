using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Payments;

/// <summary>What is asked: the pay-day, and the numbers.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StandingQuestion(DateOnly PayDay, IReadOnlyList<string> Numbers);

/// <summary>A line of a question in NDJSON.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskedNumber(string Number);

/// <summary>The payment system asks where payments stand before each pay-run (Rule 19).</summary>
public static class StandingRoutes
{
    private const string Json = "application/json";
    private const int ChunkLength = 5_000;

    // About two million numbers: more are asked in several questions.
    private const int LargestQuestion = 64 << 20;

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/payments/standing", AnswerAsync).For(Role.PaymentSystem)
            .Takes(LargestQuestion, Json, Upload.Ndjson)
            .Example(Json, """{"payDay": "2015-06-15", "numbers": ["0000-123456", "0000-777777"]}""");

    private static async Task<IResult> AnswerAsync(
        HttpContext context, Installation at, SmallQuestions small, CancellationToken cancel, DateOnly? payDay = null)
    {
        // The question is read whole before the snapshot is taken: a slow sender must not keep one open.
        var (day, numbers) = await ReadAsync(context.Request, payDay, cancel);
        var who = Caller.Of(context.User).ToString();
        if (numbers.Count > SmallQuestions.MostNumbers)
        {
            await WriteAsync(context.Response, at, day, numbers, who, cancel);
            return Results.Empty;
        }

        var (asOf, answers) = await small.AskAsync(numbers, day, who, cancel);
        return Results.Json(new { asOf, answers }, Reading);
    }

    private static async Task WriteAsync(
        HttpResponse response, Installation at, DateOnly day, List<string> numbers, string who,
        CancellationToken cancel)
    {
        await using var standing = await Standing.OpenAsync(at, day, who, cancel);
        var chunks = numbers.Chunk(ChunkLength);
        var found = await standing.AnswerAsync(chunks.First(), cancel);
        response.ContentType = Json;
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WritePropertyName("asOf");
        JsonSerializer.Serialize(json, standing.AsOf, Reading);
        json.WriteStartArray("answers");
        foreach (var chunk in chunks.Skip(1).Append([]))
        {
            // The database looks for the next ones while these are written.
            var next = standing.AnswerAsync(chunk, cancel);
            try
            {
                foreach (var answer in found)
                {
                    JsonSerializer.Serialize(json, answer, Reading);
                }

                await json.FlushAsync(cancel);
                await response.BodyWriter.FlushAsync(cancel);
            }
            finally
            {
                found = await next;
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancel);
    }

    private static async Task<(DateOnly PayDay, List<string> Numbers)> ReadAsync(
        HttpRequest request, DateOnly? payDay, CancellationToken cancel)
    {
        try
        {
            if (Upload.MediaType(request) == Json)
            {
                var question = await JsonSerializer.DeserializeAsync<StandingQuestion>(request.Body, Reading, cancel)
                    ?? throw new BadInput("The question is empty: give payDay and numbers.");
                return payDay is null
                    ? (question.PayDay, [.. question.Numbers])
                    : throw new BadInput("Give payDay in the body or in the address, not in both.");
            }

            var numbers = new List<string>();
            await foreach (var asked in JsonSerializer.DeserializeAsyncEnumerable<AskedNumber>(
                request.Body, topLevelValues: true, Reading, cancel))
            {
                numbers.Add(asked?.Number ?? throw new BadInput($"Line {numbers.Count + 1} is no {{\"number\": …}}."));
            }

            return payDay is { } day ? (day, numbers) : throw new BadInput("Give the pay-day: ?payDay=YYYY-MM-DD.");
        }
        catch (JsonException e)
        {
            // Only where, never what: the text may hold a number.
            throw new BadInput($"The question cannot be read in line {e.LineNumber + 1}: it is "
                + "{\"payDay\": …, \"numbers\": […]}, or NDJSON of {\"number\": …} with ?payDay=.");
        }
    }
}
