using System.Net;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Payments;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.SystemTests.TwoPeople;

namespace AccountGuard.SystemTests.Verification;

/// <summary>What was typed into a form that came after its session had ended is kept for its writer alone.</summary>
[Collection(SharedService.Name)]
public sealed class DraftTests(Served service) : IDisposable
{
    private const string Text = "金糸雀花子 asked for a day at the counter";

    public void Dispose() => service.Clock.By = TimeSpan.Zero;

    private static Dictionary<string, string> Note => new() { ["note"] = Text };

    private Task<object?> ScalarAsync(string sql, Guid @case) => service.Database.ScalarAsync(sql, @case);

    private Task<object?> KeptAsync(Guid @case) =>
        ScalarAsync("select count(*) from draft where change_id = @case", @case);

    private Task<object?> NotesAsync(Guid @case) => ScalarAsync(
        "select count(*) from accountguard_events.mt_events where stream_id = @case and type = 'note_written'", @case);

    private static async Task<string> BodyAsync(Task<HttpResponseMessage> answering)
    {
        using var answer = await answering;
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private async Task EndAsync(bool byRevocation)
    {
        if (byRevocation)
        {
            await Revocation.RunAsync(
                service.Database.At, $"person-{Role.Auditor}", "test", "left", CancellationToken.None);
            using var anyone = service.As(Role.Compliance);
            await Served.OnceReadAnewAsync(() => anyone.GetAsync("/api/cases?limit=1"));
        }
        else
        {
            service.Clock.By = TimeSpan.FromMinutes(31);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_note_that_is_sent_too_late_waits_in_its_form_and_is_recorded_once_it_is_sent(bool isRevoked)
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(browser, id);
        var hidden = await forms.FieldsAsync("note");
        await EndAsync(isRevoked);
        var (status, page) = await forms.SendAsync("note", Note, "%PDF-"u8.ToArray(), hidden: hidden);
        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("You were signed out.");
        page.ShouldContain("What you wrote is kept as a draft.");
        page.ShouldNotContain(Text);
        (await KeptAsync(id)).ShouldBe(1L);
        (await NotesAsync(id)).ShouldBe(0L);

        page = await BodyAsync(service.SignInAsync(browser, forms.Path, Role.Auditor));
        page.ShouldContain("Draft of ");
        page.ShouldContain("Choose the file again.");
        page.ShouldContain($">{Text}</textarea>");
        var again = CaseForms.FieldsOf(page, $"{forms.Path}/note");
        again["entry"].ShouldBe(hidden["entry"], "sent twice it is one entry");
        (await forms.SendAsync("note", Note, hidden: again)).Status.ShouldBe(HttpStatusCode.OK);
        ((await NotesAsync(id)), await KeptAsync(id)).ShouldBe((1L, 0L));
        (await forms.PageAsync()).ShouldNotContain("Draft of ");
    }

    [Fact]
    public async Task all_that_was_chosen_comes_back_and_a_draft_can_be_discarded()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(browser, id);
        var hidden = await forms.FieldsAsync("meeting");
        service.Clock.By = TimeSpan.FromMinutes(31);
        await forms.SendAsync("meeting", new()
        {
            ["place"] = "Visit",
            ["met"] = "Guardian",
            ["on"] = "2015-06-02",
            ["paper"] = "InsuranceCard",
            ["said"] = "Denied",
            ["note"] = Text,
            ["reference"] = "shelf 7",
        }, hidden: hidden);
        var page = await BodyAsync(service.SignInAsync(browser, forms.Path, Role.Auditor));
        foreach (var shown in (string[])[
            """<option value="Visit" selected>""", """<option value="Guardian" selected>""", "value=\"2015-06-02\"",
            """name="paper" value="InsuranceCard" checked""", """<option value="Denied" selected>""", "shelf 7",
            $">{Text}</textarea>",
        ])
        {
            page.ShouldContain(shown);
        }

        using var discarded = await browser.PostAsync($"{forms.Path}/drafts/discard",
            new FormUrlEncodedContent(CaseForms.FieldsOf(page, $"{forms.Path}/drafts/discard")));
        (await discarded.Content.ReadAsStringAsync()).ShouldNotContain("shelf 7");
        (await KeptAsync(id)).ShouldBe(0L);
    }

    [Fact]
    public async Task a_draft_is_shown_to_the_same_person_under_any_login_and_to_nobody_else()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        var at = service.Database.At;
        var form = CaseForm.Of(new()
        {
            ["action"] = "note",
            ["entry"] = $"{Guid.NewGuid()}",
            ["note"] = Text,
        });
        (await Drafts.KeepAsync(at, id, form, new Caller("saeki", "P1"), default)).ShouldBeTrue();
        (await Drafts.KeepAsync(at, id, form, new Caller("mail", null), default)).ShouldBeTrue();
        (await Drafts.KeepAsync(at, Guid.NewGuid(), form, new Caller("saeki", "P1"), default)).ShouldBeFalse();
        (await Drafts.LatestAsync(at, id, new Caller("saeki-desk", "P1"), default))!.Form["note"].ShouldBe(Text);
        (await Drafts.LatestAsync(at, id, new Caller("mail", null), default)).ShouldNotBeNull();
        foreach (var other in new[] { new Caller("utsumi", "P2"), new Caller("P1", null), new Caller("other", null) })
        {
            (await Drafts.LatestAsync(at, id, other, default)).ShouldBeNull(other.ToString());
            await Drafts.DeleteAsync(at, id, form.Entry, other, default);
        }

        (await KeptAsync(id)).ShouldBe(2L);
        using var approver = await service.BrowserOfAsync(Role.Approver);
        (await new CaseForms(approver, id).PageAsync()).ShouldNotContain(Text);
    }

    [Fact]
    public async Task what_another_site_or_an_old_cookie_sends_is_no_draft()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        using var other = await service.BrowserOfAsync(Role.Auditor);
        using var approver = await service.BrowserOfAsync(Role.Approver);
        var forms = new CaseForms(browser, id);
        var hidden = await forms.FieldsAsync("note");
        var foreign = await new CaseForms(other, id).FieldsAsync("note");
        var nothing = await forms.FieldsAsync("claim");
        Dictionary<string, string> approvers = new(hidden)
        {
            ["__RequestVerificationToken"] = CaseForms.FieldsOf(
                await new CaseForms(approver, id).PageAsync(), "/sign-out")["__RequestVerificationToken"],
        };
        service.Clock.By = TimeSpan.FromMinutes(31);
        foreach (var (sender, sent) in new[]
        {
            (forms, new Dictionary<string, string>(hidden) { ["__RequestVerificationToken"] = "" }),
            (forms, foreign), (forms, approvers), (new CaseForms(approver, id), approvers),
        })
        {
            var (_, page) = await sender.SendAsync("note", Note, hidden: sent);
            page.ShouldContain("Sign in");
            page.ShouldNotContain("kept as a draft");
        }

        await forms.SendAsync("claim", [], hidden: nothing);
        service.Clock.By = Drafts.Kept + TimeSpan.FromMinutes(1);
        await forms.SendAsync("note", Note, hidden: hidden);
        using var stranger = service.Browser(out _);
        var (_, signIn) = await new CaseForms(stranger, id).SendAsync("note", Note, hidden: hidden);
        signIn.ShouldContain("Sign in");
        (await KeptAsync(id)).ShouldBe(0L);
        service.Clock.By = Drafts.Kept - TimeSpan.FromMinutes(1);
        await forms.SendAsync("note", Note, hidden: hidden);
        (await KeptAsync(id)).ShouldBe(1L, "or nothing of this shows anything");
    }

    [Fact]
    public async Task a_form_that_holds_nothing_typed_leads_to_a_page_again()
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        service.Clock.By = TimeSpan.FromMinutes(31);
        using var asked = await browser.PostAsync("/cases/next", new FormUrlEncodedContent([]));
        var fields = CaseForms.FieldsOf(await asked.Content.ReadAsStringAsync(), "/development/authorize");
        using var page = await browser.PostAsync(asked.RequestMessage!.RequestUri, new FormUrlEncodedContent(
            fields.Append(new("login", Role.Auditor)).Append(new(
                "password", service.Provider.Accounts.Single(a => a.Login == Role.Auditor).Password))));
        (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath).ShouldBe((HttpStatusCode.OK, "/cases"));
    }

    [Fact]
    public async Task a_draft_is_sealed_and_gone_after_a_week_and_one_login_leaves_no_more_than_fifty()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        var at = service.Database.At;
        var by = new Caller("scribe", "P9");
        for (var i = 0; i < 52; i++)
        {
            (await Drafts.KeepAsync(at, id, CaseForm.Of(new()
            {
                ["action"] = "note",
                ["entry"] = $"{Guid.NewGuid()}",
                ["note"] = Text,
            }), by, default)).ShouldBe(i < 50);
        }

        var stored = (string)(await ScalarAsync(
            "select string_agg(encode(sealed, 'hex'), '') from draft where change_id = @case", id))!;
        stored.ShouldNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Text)));
        (await Drafts.LatestAsync(at, id, by, default))!.Others.ShouldBe(49);
        var later = at with { Clock = new Ahead { By = Drafts.Kept + TimeSpan.FromMinutes(1) } };
        (await Drafts.LatestAsync(later, id, by, default)).ShouldBeNull();
        await Drafts.DeleteOldAsync(at, default);
        (await KeptAsync(id)).ShouldBe(50L);
        await Drafts.DeleteOldAsync(later, default);
        (await KeptAsync(id)).ShouldBe(0L);
    }

    [Fact]
    public async Task a_verdict_on_a_case_that_has_changed_waits_for_a_second_look()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(browser, id);
        await forms.SendAsync("claim", []);
        await forms.SendAsync("meeting", new()
        {
            ["place"] = "Counter",
            ["met"] = "Holder",
            ["on"] = "2015-06-02",
            ["paper"] = "Passport",
            ["said"] = "Denied",
        });
        var seen = await forms.FieldsAsync("propose");
        await CaseWork.DoAsync(service.Database.At, id, at => RecordCall.Decide(at.Case,
            new RecordCall(Guid.NewGuid(), Intent.Confirmed, at.Today, null), new Caller("utsumi", "P2"), at.Now),
            default);
        Dictionary<string, string> typed = new() { ["verdict"] = "Denied", ["note"] = Text };
        var (status, page) = await forms.SendAsync("propose", typed, hidden: seen);
        status.ShouldBe(HttpStatusCode.Conflict);
        page.ShouldContain("The case has changed since you opened it.");
        page.ShouldContain("A call, which proves nothing");
        page.ShouldContain("utsumi");
        (await forms.SendAsync("propose", typed, hidden: CaseForms.FieldsOf(page, $"{forms.Path}/propose")))
            .Status.ShouldBe(HttpStatusCode.OK);
        (await forms.SendAsync("propose", typed, hidden: seen)).Status.ShouldBe(HttpStatusCode.OK, "twice is once");
    }

    [Fact]
    public async Task a_hold_on_a_case_that_has_changed_waits_for_a_second_look()
    {
        var (_, id) = await CaseForms.CaseAsync(service);
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        using var other = await service.BrowserOfAsync(Role.Approver);
        await new CaseForms(browser, id).SendAsync("hold", new()
        {
            ["reason"] = "FraudSuspected",
            ["pay-to"] = "Keep",
            ["through"] = $"{PayDayCalendar.DayOf(service.Database.At.Clock.GetUtcNow()).AddDays(1):O}",
        });
        var forms = new CaseForms(other, id);
        var seen = await forms.FieldsAsync("verdict/approve-hold");
        await CaseWork.DoAsync(service.Database.At, id, at => RecordCall.Decide(at.Case,
            new RecordCall(Guid.NewGuid(), Intent.Confirmed, at.Today, null), Saeki, at.Now), default);
        var (status, page) = await forms.SendAsync("verdict/approve-hold", [], hidden: seen);
        status.ShouldBe(HttpStatusCode.Conflict);
        page.ShouldContain("The case has changed since you opened it.");
        (await forms.SendAsync("verdict/approve-hold", [])).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task rule_17_nobody_is_confirmed_whose_death_is_in_a_file_that_came_this_moment()
    {
        var number = Number();
        var (story, id) = await CaseForms.CaseAsync(service, number);
        var (letter, proposal) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var step in (Func<CaseAtHand, Decision>[])
        [
            at => ClaimCase.Decide(at.Case, new ClaimCase(at.Now.AddHours(1)), Saeki, at.KeyedBy, at.Now),
            at => OrderLetter.Decide(at.Case, new OrderLetter(letter, "K7Q-42M-9F", 1), Saeki, at.Now),
            at => RecordLetterSent.Decide(
                at.Case, new RecordLetterSent(Guid.NewGuid(), letter, at.Today, at.Today), Saeki, at.Now),
            at => RecordMeeting.Decide(at.Case, new RecordMeeting(Guid.NewGuid(), MeetingPlace.Counter,
                PersonMet.Holder, [new ShownPaper(PaperKind.Passport, true)], Intent.Confirmed, at.Today, null), Saeki,
                at.KeyedBy, at.Now),
            at => ProposeVerdict.Decide(
                at.Case, new ProposeVerdict(proposal, Verdict.Confirmed, null), Saeki, at.KeyedBy, at.Now),
        ])
        {
            (await CaseWork.DoAsync(story.At, id, step, default)).ShouldBeNull();
        }

        using var browser = await service.BrowserOfAsync(Role.Approver);
        var forms = new CaseForms(browser, id);
        var seen = await forms.FieldsAsync("verdict/approve");
        await story.HoldersAsync([$"{number},2015-05-01"], "number,died_on");
        var (status, page) = await forms.SendAsync("verdict/approve", [], hidden: seen);
        status.ShouldBe(HttpStatusCode.Conflict);
        page.ShouldContain(Refusal.HolderDied.Sentence());
    }
}
