using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using AccountGuard.AffectedLists;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Letters;
using AccountGuard.Pages;
using AccountGuard.Payments;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Names;
using AccountGuard.Verification.Queues;
using AccountGuard.Verification.Several;

namespace AccountGuard.Tests.Pages;

/// <summary>Whatever a page says, it says in both languages, with the same places for values.</summary>
public sealed partial class TextsTests
{
    private static readonly ResourceManager Resources = new(typeof(Texts));

    /// <summary>Its own texts: what it lacks is not looked for in English.</summary>
    private static readonly ResourceSet Japanese =
        Resources.GetResourceSet(new CultureInfo(Site.Japanese), createIfNotExists: true, tryParents: false)!;

    private static IEnumerable<string> Keys() =>
        from file in Directory.EnumerateFiles(Path.Combine(Tidy.Root, "src"), "*.razor", SearchOption.AllDirectories)
        from Match use in Use().Matches(File.ReadAllText(file))
        select use.Groups[1].Value;

    [Fact]
    public void every_text_of_a_page_stands_in_japanese_too()
    {
        Keys().ShouldNotBeEmpty();
        Keys().Distinct().Where(key => Japanese.GetString(key) is null).ShouldBeEmpty();
    }

    [Fact]
    public void so_does_every_code_that_a_page_names()
    {
        string[] codes =
        [
            .. Queue.OpenStates, .. Queue.EndedStates, .. Role.All, .. Enum.GetNames<QueueReason>(), "Listed",
            "counter", "post", "online", "proxy", "bank", "registry", "abroad", .. Enum.GetNames<PayeeScheme>(),
            .. SeveralCases.Actions.Keys.SelectMany(action => (string[])[$"Action {action}", SeveralPage.Then(action)]),
            $"Action {MassHolds.Approval}", SeveralPage.Then(MassHolds.Approval),
            .. MassHolds.Plan.SelectMany(field => (string[])[$"Plan {field}", MassHolds.MissingOf(field)]),
            .. PayRunStandings.Names.Select(standing => $"Standing {standing}"),
            .. Enum.GetNames<FindPurpose>().Select(purpose => $"Purpose {purpose}"),
            .. Enum.GetNames<BatchState>().Select(state => $"Batch {state}"),
            .. Enum.GetNames<StopReason>().Select(reason => $"StopReason {reason}"),
            .. Enum.GetNames<LetterStage>().Select(stage => $"Letter {stage}"),
            .. Enum.GetNames<RefusalReason>().SelectMany(
                reason => (string[])[$"Stopped {reason}", $"Remedy {reason}", $"Fault {reason}"]),
            .. Enum.GetNames<LeakedFields>().Select(field => $"Leaked {field}"),
            .. ((string[])[.. Enum.GetNames<NameMatch>(), .. Enum.GetNames<NameReasons>().Skip(1)])
                .Select(name => $"Name {name}"),
            .. Enum.GetValues<AccountGuard.Verification.Refusal>().Select(refusal => refusal.Sentence()),
        ];
        codes.Where(code => Japanese.GetString(code) is null).ShouldBeEmpty();
    }

    [Fact]
    public void so_does_every_form_that_may_become_a_draft_and_what_is_said_of_its_evidence()
    {
        var forms = Form().Matches(File.ReadAllText(
            Path.Combine(Tidy.Root, "src/AccountGuard/Verification/CaseWorkForms.razor")));
        forms.Count.ShouldBeGreaterThan(10);
        string[] texts =
        [
            .. forms.Select(m => $"Form {m.Groups[1].Value}"), "Form send-back", "Form reassign",
            Exhibits.TooLarge, Exhibits.Unknown, Exhibits.Erased,
            .. Enum.GetNames<EvidenceKind>().Select(kind => $"Evidence {kind}"),
            AccountGuard.Verification.Refusal.ChangedMeanwhile.Sentence(),
        ];
        texts.Where(text => Japanese.GetString(text) is null).ShouldBeEmpty();
    }

    /// <summary>By the source: whoever works on cases sees each of these on a page.</summary>
    [Fact]
    public void so_does_every_reason_why_what_a_person_sent_is_not_taken()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Tidy.Root, "src/AccountGuard/Verification"), "*.cs",
            SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        IEnumerable<string> Found(Regex of, string behind = "") =>
            from source in sources
            from Match found in of.Matches(source)
            select found.Groups[1].Value + behind;

        string[] sentences =
        [
            .. Found(Refused()).Where(sentence => !sentence.Contains("__")),
            .. Found(AskedDay(), behind: ": give a day as YYYY-MM-DD."), .. Found(Chosen(), behind: ": choose one."),
            Exhibits.TooLong,
        ];
        sentences.ShouldContain("on: give a day as YYYY-MM-DD.");
        sentences.ShouldContain("said: choose one.");
        sentences.ShouldContain("There is no such case.");
        sentences.Distinct().Where(sentence => Japanese.GetString(sentence) is null).ShouldBeEmpty();
    }

    [Fact]
    public void both_languages_have_the_same_places_for_values()
    {
        foreach (System.Collections.DictionaryEntry text in Japanese)
        {
            Places((string)text.Value!).ShouldBe(Places((string)text.Key), (string)text.Key);
        }
    }

    private static IEnumerable<string> Places(string text) =>
        Place().Matches(text).Select(m => m.Value).Distinct().Order();

    [GeneratedRegex("""\bL\["((?:[^"\\]|\\.)*)"[\],]""")]
    private static partial Regex Use();

    [GeneratedRegex(@"id=""form-([a-z-]+)""")]
    private static partial Regex Form();

    [GeneratedRegex("""BadInput(?:\(| \w+ => new\()\s*"([^"]+)"[,)]""")]
    private static partial Regex Refused();

    [GeneratedRegex("""\bDay\("([\w-]+)"\)""")]
    private static partial Regex AskedDay();

    [GeneratedRegex("""\b(?:Choice<[\w.]+>|Id)\("([\w-]+)"[,)]""")]
    private static partial Regex Chosen();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
