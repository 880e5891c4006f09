using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;

namespace AccountGuard.SystemTests.Verification;

/// <summary>A file is kept with its entry, or not at all, and comes back as it was (Rule 33).</summary>
[Collection(SharedService.Name)]
public sealed partial class EvidenceFiles(Served service)
{
    private const string Name = "金糸雀花子の旅券.pdf";

    private static readonly byte[] Pdf =
        [.. "%PDF-1.7\nCANARY-IN-A-FILE\n"u8, .. RandomNumberGenerator.GetBytes(70_000), .. "\n%%EOF\n"u8];

    private Task<object?> ScalarAsync(string sql, Guid @case) => service.Database.ScalarAsync(sql, @case);

    private Task<object?> StoredAsync(Guid @case) =>
        ScalarAsync("select count(*) from exhibit where change_id = @case", @case);

    private async Task<EvidenceAttached[]> AttachedAsync(Guid @case)
    {
        await using var session = service.Database.At.Events.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(@case)).Select(e => e.Data).OfType<EvidenceAttached>()];
    }

    private static Dictionary<string, string> Note(string text = "the passport, in copy") => new() { ["note"] = text };

    [Fact]
    public async Task a_file_is_told_in_the_story_and_comes_back_byte_by_byte_for_those_who_may_open_the_case()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        var (status, page) = await new CaseForms(auditor, id).SendAsync("note", Note(), Pdf, Name);
        status.ShouldBe(HttpStatusCode.OK, page);
        var attached = (await AttachedAsync(id)).ShouldHaveSingleItem();
        (attached.Kind, attached.AddedBy.Login).ShouldBe((EvidenceKind.Pdf, Role.Auditor));
        page.ShouldContain(attached.Exhibit.Sha256);
        page.ShouldContain($">{Name}</a>");
        Address().Matches(page).Select(m => m.Value).ShouldBe([$"/cases/{id}/exhibits/{attached.Exhibit.Id}"]);

        foreach (var role in (string[])[Role.Auditor, Role.Approver, Role.Compliance])
        {
            using var reader = await service.BrowserOfAsync(role);
            using var file = await reader.GetAsync($"/cases/{id}/exhibits/{attached.Exhibit.Id}");
            file.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await file.Content.ReadAsByteArrayAsync()).ShouldBe(Pdf);
            file.Content.Headers.ContentType!.ToString().ShouldBe("application/pdf");
            var disposition = file.Content.Headers.ContentDisposition!;
            (disposition.DispositionType, disposition.FileNameStar).ShouldBe(("attachment", Name));
            file.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
            file.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            file.Headers.CacheControl!.NoStore.ShouldBeTrue();
            (await ScalarAsync($"""
                select count(*) from access_record r join account_change c on c.number_key = r.number_key
                where c.change_id = @case and r.fields = 'exhibit' and r.who = '{role} (person-{role})'
                """, id)).ShouldBe(1L, $"Rule 33: {role}");
        }
    }

    [Fact]
    public async Task neither_the_file_nor_its_name_stands_in_the_clear_and_the_hash_is_that_of_what_is_sealed()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        await new CaseForms(auditor, id).SendAsync("call", new()
        {
            ["on"] = "2015-06-03",
            ["said"] = "NotKnown",
            ["reference"] = "金糸雀の棚 7",
        }, Pdf, Name);
        var attached = await AttachedAsync(id);
        attached.Select(a => a.Kind).ShouldBe([EvidenceKind.PaperReference, EvidenceKind.Pdf]);
        foreach (var one in attached)
        {
            (await ScalarAsync($"""
                select encode(sha256(sealed), 'hex') from exhibit
                where change_id = @case and exhibit_id = '{one.Exhibit.Id}'
                """, id)).ShouldBe(one.Exhibit.Sha256);
        }

        var stored = (string)(await ScalarAsync("""
            select string_agg(encode(sealed || coalesce(sealed_name, ''), 'hex') || media_type || added_by, '')
            || (select string_agg(data::text, '') from accountguard_events.mt_events where stream_id = @case)
            from exhibit where change_id = @case
            """, id))!;
        foreach (var canary in (string[])["CANARY-IN-A-FILE", "金糸雀", "旅券"])
        {
            stored.ShouldNotContain(canary);
            stored.ShouldNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(canary)));
        }
    }

    [Fact]
    public async Task a_letter_sent_by_hand_says_where_its_copy_is_kept_and_its_story_tells_that_no_batch_had_it()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(auditor, id);
        var order = await forms.FieldsAsync("letter");
        await forms.SendAsync("letter", [], hidden: order);
        var sent = new Dictionary<string, string> { ["letter"] = order["entry"], ["on"] = "2015-06-03" };
        var (status, page) = await forms.SendAsync("letter-sent", sent);
        status.ShouldBe(HttpStatusCode.BadRequest);
        page.ShouldContain("reference: say where the letter's copy is kept, or attach it.");
        (status, page) = await forms.SendAsync("letter-sent", new(sent) { ["reference"] = "shelf 7" });
        status.ShouldBe(HttpStatusCode.OK, page);
        page.ShouldContain("Letter sent by hand, answer due 2015-06-17");
        page.ShouldContain(">shelf 7</span>");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("MZ an executable")]
    [InlineData("")]
    public async Task what_is_no_pdf_jpeg_or_png_is_refused_whatever_its_name_and_the_text_is_kept(string content)
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        var (status, page) = await new CaseForms(auditor, id).SendAsync(
            "note", Note("what I wrote"), Encoding.UTF8.GetBytes(content), Name);
        status.ShouldBe(HttpStatusCode.BadRequest);
        page.ShouldContain(Exhibits.Unknown);
        page.ShouldContain("Choose the file again.");
        page.ShouldContain(">what I wrote</textarea>");
        page.ShouldNotContain(Name);
        (await StoredAsync(id)).ShouldBe(0L);
    }

    [Theory]
    [InlineData(Exhibits.LargestFile, HttpStatusCode.OK)]
    [InlineData(Exhibits.LargestFile + 1, HttpStatusCode.BadRequest)]
    [InlineData(30 << 20, HttpStatusCode.BadRequest)]
    public async Task a_file_has_10_MB_at_the_most_and_the_text_behind_a_larger_one_is_kept(
        int length, HttpStatusCode expected)
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        var file = new byte[length];
        Pdf.AsSpan(0, 20).CopyTo(file);
        "\n%%EOF\n"u8.CopyTo(file.AsSpan(length - 7));
        var (status, page) = await new CaseForms(auditor, id).SendAsync("note", Note("what I wrote"), file);
        status.ShouldBe(expected);
        Regex.IsMatch(page, $@"Nothing was changed\.</b>\s*{Regex.Escape(Exhibits.TooLarge)}")
            .ShouldBe(expected != HttpStatusCode.OK);
        page.Contains(">what I wrote</textarea>").ShouldBe(expected != HttpStatusCode.OK);
        (await StoredAsync(id)).ShouldBe(expected == HttpStatusCode.OK ? 2L : 0L);
    }

    [Fact]
    public async Task what_came_with_a_form_that_was_refused_is_not_stored_and_neither_is_it_twice()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(auditor, id);
        var (status, _) = await forms.SendAsync(
            "propose", new() { ["verdict"] = "Denied", ["note"] = "she said so" }, Pdf);
        status.ShouldBe(HttpStatusCode.Conflict);
        (await StoredAsync(id)).ShouldBe(0L);
        var hidden = await forms.FieldsAsync("note");
        for (var i = 0; i < 2; i++)
        {
            (await forms.SendAsync("note", Note(), Pdf, hidden: hidden)).Status.ShouldBe(HttpStatusCode.OK);
            (await StoredAsync(id)).ShouldBe(2L, "a note and a file");
        }
    }

    [Fact]
    public async Task a_form_that_records_nothing_takes_no_file()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        Dictionary<string, string> entry = new() { ["entry"] = $"{Guid.NewGuid()}" };
        (await new CaseForms(auditor, id).SendAsync("claim", entry, Pdf)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await StoredAsync(id)).ShouldBe(0L);
    }

    [Fact]
    public async Task a_file_that_somebody_altered_is_not_shown_and_the_page_says_why()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        await new CaseForms(auditor, id).SendAsync("note", Note(), Pdf, Name);
        var file = (await AttachedAsync(id)).Single().Exhibit.Id;
        await ScalarAsync($"""
            update exhibit set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where exhibit_id = '{file}'
            """, id);
        using var answer = await auditor.GetAsync($"/cases/{id}/exhibits/{file}");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        page.ShouldContain("its hash differs from the one in the case's events");
        answer.Content.Headers.ContentDisposition.ShouldBeNull();
    }

    [Fact]
    public async Task a_file_belongs_to_its_case_and_a_note_is_none()
    {
        var ((_, id), (_, other)) = (await CaseForms.CaseAsync(service), await CaseForms.CaseAsync(service));
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        await new CaseForms(auditor, id).SendAsync("note", Note(), Pdf, Name);
        var file = (await AttachedAsync(id)).Single().Exhibit.Id;
        var note = (Guid)(await ScalarAsync(
            "select exhibit_id from exhibit where change_id = @case and sealed_name is null", id))!;
        foreach (var path in new[]
            { $"/cases/{other}/exhibits/{file}", $"/cases/{id}/exhibits/{note}", $"/cases/{id}/exhibits/{id}" })
        {
            using var answer = await auditor.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task where_the_data_of_the_number_was_erased_the_story_says_so_and_nothing_is_shown_or_kept()
    {
        var number = Story.Number();
        var (story, id) = await CaseForms.CaseAsync(service, number);
        using var auditor = await service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(auditor, id);
        await forms.SendAsync("note", Note(), Pdf, Name);
        await ScalarAsync("""
            delete from personal_key where subject_key = (
                select number_key from account_change where change_id = @case)
            """, id);
        var page = WebUtility.HtmlDecode(await forms.PageAsync());
        page.ShouldContain("erased with the data of this number");
        page.ShouldContain("The note was erased with the data of this number.");
        page.ShouldNotContain(Name);
        page.ShouldContain((await AttachedAsync(id)).Single().Exhibit.Sha256);
        using var answer = await auditor.GetAsync(
            $"/cases/{id}/exhibits/{(await AttachedAsync(id)).Single().Exhibit.Id}");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("was erased");
        var (status, refused) = await forms.SendAsync("note", Note("what I wrote"));
        status.ShouldBe(HttpStatusCode.BadRequest);
        refused.ShouldContain(Exhibits.Erased);
        refused.ShouldContain(">what I wrote</textarea>");

        // Named again, the number has another key: what was erased stays so, and pages show the rest.
        await story.HoldersAsync([$"{number},,,,,,,,,,"]);
        page = WebUtility.HtmlDecode(await forms.PageAsync());
        page.ShouldContain("The note was erased with the data of this number.");
        page.ShouldNotContain(Name);
        (await auditor.GetAsync($"/cases?incident={story.Incident}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var again = await auditor.GetAsync(
            $"/cases/{id}/exhibits/{(await AttachedAsync(id)).Single().Exhibit.Id}");
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [GeneratedRegex("/cases/[-0-9a-f]{36}/exhibits/[^\"]*")]
    private static partial Regex Address();
}
