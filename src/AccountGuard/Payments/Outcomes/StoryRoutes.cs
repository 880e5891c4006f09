using System.Globalization;
using System.Text.Json.Serialization;
using AccountGuard.Http;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Verification;
using AccountGuard.Verification.Paid;
using AccountGuard.Verification.Queues;
using Microsoft.Extensions.Localization;

namespace AccountGuard.Payments.Outcomes;

/// <summary>Whose payments, for what purpose, and of which pay-day it is asked why it was not paid.</summary>
/// <param name="Purpose">CaseWork, AnswerToHolder or InquiryOfPayments.</param>
/// <param name="PayDay">The last one that was reported, where none is named.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StoryQuestion(string Number, string Purpose, DateOnly? PayDay = null);

/// <summary>A payment as it is answered; the account is masked.</summary>
/// <param name="Mark">BeforeCase, WhilePending or AfterDenial; null where no case speaks of it.</param>
public sealed record ToldPayment(
    DateOnly PayDay, long Amount, string Account, string Outcome, string? Code, DateOnly On, string? Mark);

/// <summary>A stop as it is answered.</summary>
public sealed record ToldStop(
    string Reason, DateOnly? From, DateOnly? ResumedOn, DateOnly? TerminatedOn, long? Amount);

/// <summary>How many stand on the pay-day, by their reasons, which never mix (Rule 20).</summary>
public sealed record StopFigures(int FraudHolds, int StatusStops, int LegalStops, int DeathStops);

/// <summary>The same sentence in both languages.</summary>
public sealed record ToldWhy(string Ja, string En);

/// <summary>The payment story of a holder, in yen. Why is null where nothing was reported of anyone yet.</summary>
public sealed record StoryAnswer(
    DateOnly? PayDay, ToldWhy? Why, StopFigures? Figures, long Owed, IReadOnlyList<Arrear> Arrears,
    IReadOnlyList<ToldPayment> Payments, IReadOnlyList<ToldStop> Stops);

/// <summary>What was paid to a holder, what stopped it and what is owed, and why (Rules 20, 33).</summary>
public static class StoryRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/payments/story", TellAsync).For(Role.Auditor, Role.Compliance)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(4 << 10))
            .Produces<StoryAnswer>()
            .Example("application/json",
                """{"number": "0000-123456", "purpose": "AnswerToHolder", "payDay": "2015-06-15"}""");

    private static async Task<IResult> TellAsync(
        HttpContext context, Installation at, IStringLocalizer<Texts> texts, StoryQuestion question,
        CancellationToken cancel)
    {
        if (!PensionNumber.TryParse(question.Number, out var number))
        {
            throw new BadInput("number is no number: give ten digits.");
        }

        if (FindCases.PurposeOf(question.Purpose) is not { } purpose)
        {
            throw new BadInput($"purpose: say what it is for: {string.Join(", ", Enum.GetNames<FindPurpose>())}.");
        }

        var key = NumberKey.Of(number, at.Keys);
        if (await Protection.ShutsOutAsync(at, key, PaymentStories.Fields, $"{purpose}", context.User, cancel))
        {
            return Problems.Of(StatusCodes.Status403Forbidden, "forbidden",
                "The holder is protected: only people who have the role for it beside their own are told of payments.");
        }

        var story = await PaymentStories.OfAsync(at, key, Caller.Of(context.User).ToString(), $"{purpose}", cancel);
        var payDay = question.PayDay ?? story.Through;
        return Results.Ok(new StoryAnswer(payDay, payDay is { } day ? Told(texts, WhyNotPaid.Of(story, day)) : null,
            payDay is { } of ? FiguresOf(story, of) : null, story.Owed, story.Arrears,
            [.. story.Payments.Select(p => new ToldPayment(p.PayOn, p.Amount, p.Account?.ToString() ?? "•••", p.Outcome,
                p.Code, p.On, p.Mark == PaymentMark.None ? null : $"{p.Mark}"))],
            [.. story.Stops.Select(s => new ToldStop(s.Reason, s.From, s.ResumedOn, s.TerminatedOn, s.Amount))]));
    }

    private static StopFigures FiguresOf(PaymentStory story, DateOnly payDay)
    {
        var stops = story.Stops.Where(s => s.Covers(payDay)).ToList();
        var (status, death) = (stops.Count(s => s.Reason == StoryStop.LifeStatusReport),
            stops.Count(s => s.Reason == StoryStop.Death));
        return new StopFigures(
            story.Holds.Count(h => h.Covers(payDay)), status, stops.Count - status - death, death);
    }

    private static ToldWhy Told(IStringLocalizer<Texts> texts, WhyNotPaid why)
    {
        return new ToldWhy(In(Site.Japanese), In("en"));

        string In(string language)
        {
            var before = CultureInfo.CurrentUICulture;
            CultureInfo.CurrentUICulture = new CultureInfo(language);
            try
            {
                return texts[why.Text, [.. why.Arguments]];
            }
            finally
            {
                CultureInfo.CurrentUICulture = before;
            }
        }
    }
}
