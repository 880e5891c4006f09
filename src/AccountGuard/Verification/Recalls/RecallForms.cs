using System.Globalization;
using AccountGuard.Identity;

namespace AccountGuard.Verification.Recalls;

/// <summary>The forms of a case's page that follow the money of a denied change.</summary>
public static class RecallForms
{
    private static readonly string[] Actions = ["recall", "recall-answer", "replacement"];

    public static bool Has(string action) => Actions.Contains(action);

    /// <exception cref="BadInput">A field is missing or cannot be read.</exception>
    public static Func<CaseAtHand, Decision> Work(
        CaseForm form, Caller by, Exhibit? note, IReadOnlyList<FollowedPayment> followed)
    {
        switch (form.Action)
        {
            case "recall":
                var request = new RequestRecall(form.Entry, form.Id("payment"), form.Day("due"), note);
                return at => RequestRecall.Decide(at.Case, request, followed, by, at.KeyedBy, at.Now);
            case "recall-answer":
                var outcome = form.Choice("outcome", RecallState.Requested);
                if (outcome != RecallState.NoContact && form["reference"] is null && !form.HadFile)
                {
                    throw new BadInput("reference: say where the bank's paper is kept, or attach it.");
                }

                var answer = new AnswerRecall(form.Entry, form.Id("recall"), outcome,
                    outcome == RecallState.ConsentGiven ? Yen(form) : null, form.Day("on"), note);
                return at => AnswerRecall.Decide(at.Case, answer, by, at.KeyedBy, at.Now);
            default:
                var proposal = new ProposeReplacement(form.Entry, Yen(form), note);
                return at => ProposeReplacement.Decide(at.Case, proposal, followed, by, at.KeyedBy, at.Now);
        }
    }

    private static long Yen(CaseForm form) =>
        long.TryParse(form["amount"], NumberStyles.None, CultureInfo.InvariantCulture, out var yen) && yen > 0 ? yen
            : throw new BadInput("amount: give whole yen, in digits.");
}
