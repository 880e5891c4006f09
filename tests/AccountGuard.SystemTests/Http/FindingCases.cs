using System.Net;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>Cases are found by any number of their holder, against a record, and the number goes nowhere (Rules 8, 33).
/// </summary>
[Collection(SharedService.Name)]
public sealed class FindingCases(Served service)
{
    private static string Masked(string number) => $"••••-•••{number[^3..]}";

    private async Task<(HttpStatusCode Status, string Page)> FindAsync(
        string number, string purpose = "CaseWork", string role = Role.Auditor)
    {
        using var browser = await service.BrowserOfAsync(role);
        var form = await browser.GetStringAsync("/cases/find");
        using var answer = await browser.PostAsync("/cases/find", new FormUrlEncodedContent(
            [new("__RequestVerificationToken", Served.TokenOf(form)), new("number", number), new("purpose", purpose)]));
        answer.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe("/cases/find");
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<string[]> RecordsAsync(string number)
    {
        PensionNumber.TryParse(number, out var parsed);
        await using var find = service.Database.At.Database.CreateCommand(
            "select who || ': ' || fields || ', ' || purpose from access_record where number_key = @key order by at");
        find.Parameters.AddWithValue("key", NumberKey.Of(parsed, service.Database.At.Keys).ToBytes());
        var records = new List<string>();
        await using var reader = await find.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            records.Add(reader.GetString(0));
        }

        return [.. records];
    }

    [Fact]
    public async Task cases_are_found_by_any_number_of_the_holder_open_and_ended()
    {
        var (story, old, @new) = (await BeginAsync(service.Database), Number(), Number());
        await story.ListAsync(1, [Listed(old)]);
        await story.RenumberAsync($"{old},{@new}");
        await story.ChangesAsync(story.Filed("R1", old, "2015-05-20"), story.Filed("R2", @new, "2015-05-21"),
            story.Filed("R3", old, "2015-05-22"), story.Cancelled("R3", old));
        foreach (var number in (string[])[old, @new])
        {
            var (status, page) = await FindAsync($"{number[..4]}-{number[4..]}");
            status.ShouldBe(HttpStatusCode.OK);
            foreach (var (id, state) in new[] { ("R1", "Queued"), ("R2", "Queued"), ("R3", "Withdrawn") })
            {
                page.ShouldContain($"{story.Incident} {id}");
                page.ShouldContain(state);
            }

            page.ShouldContain(Masked(number));
            page.ShouldNotContain(number);
            page.ShouldNotContain(number[4..]);
        }

        (await RecordsAsync(@new)).ShouldBe(Enumerable.Repeat(
            "auditor (person-auditor): cases, search by number: CaseWork", 2));
        (await RecordsAsync(old)).Length.ShouldBe(2);
    }

    [Fact]
    public async Task numbers_of_mappings_that_clash_stay_apart_and_the_page_says_so()
    {
        var (story, one, other, @new) = (await BeginAsync(service.Database), Number(), Number(), Number());
        await story.ListAsync(1, [Listed(one), Listed(other)]);
        await story.ChangesAsync(story.Filed("ONE", one, "2015-05-20"), story.Filed("OTHER", other, "2015-05-21"));
        await story.RenumberAsync($"{one},{@new}", $"{other},{@new}");
        var (_, page) = await FindAsync(one);
        page.ShouldContain($"{story.Incident} ONE");
        page.ShouldNotContain($"{story.Incident} OTHER");
        page.ShouldContain("clash (rule 8)");
        (await RecordsAsync(other)).ShouldBeEmpty("nothing of the other was shown");
    }

    [Fact]
    public async Task nothing_found_is_recorded_too_and_does_not_say_that_nothing_leaked()
    {
        var number = Number();
        var (status, page) = await FindAsync(number, "AnswerToHolder", Role.Compliance);
        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain($"No case under {Masked(number)}");
        page.ShouldContain("That does not say whether the number leaked");
        page.ShouldNotContain("not affected");
        (await RecordsAsync(number)).ShouldBe(
            ["compliance (person-compliance): cases, search by number: AnswerToHolder"]);
    }

    [Theory]
    [InlineData("12345678", "CaseWork", "has ten digits")]
    [InlineData("123456789012", "CaseWork", "has ten digits")]
    [InlineData("", "CaseWork", "has ten digits")]
    [InlineData("0123456789", "", "Choose what you look it up for")]
    [InlineData("0123456789", "99", "Choose what you look it up for")]
    public async Task what_is_no_number_or_has_no_purpose_is_refused_and_not_quoted(
        string number, string purpose, string says)
    {
        var (status, page) = await FindAsync(number, purpose);
        status.ShouldBe(HttpStatusCode.BadRequest);
        page.ShouldContain(says);
        if (number.Length > 0)
        {
            page.ShouldNotContain(number);
            (await RecordsAsync("0123456789")).ShouldBeEmpty("nothing was looked up");
        }
    }
}
