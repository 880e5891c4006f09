using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AccountGuard.Verification.Queues;

/// <summary>What somebody looks a number up for, as access records say (Rule 33).</summary>
public enum FindPurpose
{
    CaseWork,
    AnswerToHolder,
    InquiryOfPayments,
}

/// <summary>A case that stands or stood under a number of the holder; the number is masked.</summary>
public sealed record FoundCase(
    Guid Change, string Incident, string Source, string RequestId, string Kind, string Number, string State,
    DateOnly? FiledOn, DateOnly? ExposedOn);

/// <param name="Number">The number that was asked for, masked.</param>
/// <param name="Cases">Open ones first, in the order of their pay-days.</param>
/// <param name="HasClash">Numbers are joined to this one by mappings that clash; their cases are not here.</param>
public sealed record FoundCases(string Number, IReadOnlyList<FoundCase> Cases, bool HasClash);

/// <summary>
/// Finds the cases of a holder, open and ended, by any of his numbers (Rule 8), against a record of who asked and what
/// for (Rule 33). The number comes in a form's body and goes nowhere else.
/// </summary>
public static class FindCases
{
    public const string Path = "/cases/find";

    private const int Most = 500;

    private const string Numbers = """
        select array(select * from own_numbers_of_holder(@number)),
            exists (select from numbers_of_holder(@number) n
                    where n.number_key not in (select * from own_numbers_of_holder(@number)))
        """;

    private const string Cases = """
        select c.change_id, i.declaration ->> 'name', c.source, c.request_id, c.kind, c.number_key, h.state,
            nullif(h.filed_on, '-infinity'), nullif(h.exposed_on, '-infinity')
        from unnest(@numbers) as n (number_key)
        cross join lateral (select * from account_change a where a.number_key = n.number_key offset 0) c
        cross join lateral (
            select distinct on (o.incident_no) o.* from hit o where o.change_id = c.change_id
            order by o.incident_no, o.hit_id desc) h
        join incident i on i.incident_no = h.incident_no
        order by h.is_open desc, h.exposed_on, c.source, c.request_id limit @most
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, IResult () => new RazorComponentResult<FindPage>()).For(CaseRoutes.Page.Roles)
            .ExcludeFromDescription();
        routes.MapPost(Path, AnswerAsync).AsForm().For(CaseRoutes.Page.Roles);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, Installation at, CancellationToken cancel)
    {
        var form = await context.Request.ReadFormAsync(cancel);
        var asked = PurposeOf(form["purpose"]);
        if (!PensionNumber.TryParse(form["number"].ToString(), out var number) || asked is not { } purpose)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return new RazorComponentResult<FindPage>(new
            {
                IsNumberBad = !PensionNumber.TryParse(form["number"].ToString(), out _),
                IsPurposeMissing = asked is null,
                Purpose = asked,
            });
        }

        var found = await RunAsync(at, number, purpose, Caller.Of(context.User), cancel);
        return new RazorComponentResult<FindPage>(new { Found = found, Purpose = purpose });
    }

    /// <summary>One of a few words: what is typed freely may hold a number, and access records stand in clear.
    /// </summary>
    /// <returns>Null where it is none of them.</returns>
    public static FindPurpose? PurposeOf(string? text) =>
        Enum.TryParse<FindPurpose>(text, out var purpose) && Enum.IsDefined(purpose) ? purpose : null;

    /// <summary>The record is committed before anything is read; where it cannot be written nothing is shown.</summary>
    public static async Task<FoundCases> RunAsync(
        Installation at, PensionNumber number, FindPurpose purpose, Caller by, CancellationToken cancel)
    {
        var key = NumberKey.Of(number, at.Keys);
        var (numbers, hasClash) = await NumbersAsync(at, key, cancel);
        await AccessRecords.WriteAsync(at, numbers, "cases", by.ToString(), $"search by number: {purpose}", cancel);
        var masked = await ShowNumbers.MaskedAsync(at, numbers, cancel);
        await using var find = at.Database.CreateCommand(Cases);
        find.Parameters.AddWithValue("numbers", numbers.Select(n => n.ToBytes()).ToArray());
        find.Parameters.AddWithValue("most", Most);
        var cases = new List<FoundCase>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var filedUnder = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(5));
            cases.Add(new FoundCase(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                masked.GetValueOrDefault(filedUnder, ShowNumbers.Erased), reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateOnly>(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateOnly>(8)));
        }

        return new FoundCases(number.ToString(), cases, hasClash);
    }

    private static async Task<(IReadOnlyList<NumberKey> Numbers, bool HasClash)> NumbersAsync(
        Installation at, NumberKey number, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(Numbers);
        find.Parameters.AddWithValue("number", number.ToBytes());
        await using var reader = await find.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return ([.. reader.GetFieldValue<byte[][]>(0).Select(NumberKey.FromBytes)], reader.GetBoolean(1));
    }
}
