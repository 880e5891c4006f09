using System.Security.Claims;
using AccountGuard.Identity;
using AccountGuard.Numbers;

namespace AccountGuard.Verification;

/// <summary>
/// Rule 13: the case of a holder who is protected, or may be, is opened and worked on by nobody but those whom the
/// identity provider gives the role for it. Who else tries is refused and recorded.
/// </summary>
public static class Protection
{
    /// <summary>Whether a case is shut to its reader, who is on record then as having asked for it.</summary>
    public static async Task<bool> ShutsOutAsync(
        Installation at, Guid change, ClaimsPrincipal reader, CancellationToken cancel)
    {
        if (reader.IsInRole(Role.Protected))
        {
            return false;
        }

        NumberKey number;
        await using (var row = await at.LookUpAsync(
            "select number_key from account_change where change_id = @change and is_protected(@change)", cancel,
            ("change", change)))
        {
            if (!await row.ReadAsync(cancel))
            {
                return false;
            }

            number = NumberKey.FromBytes(row.GetFieldValue<byte[]>(0));
        }

        await AccessRecords.WriteAsync(
            at, [number], "case, refused", Caller.Of(reader).ToString(), CaseFile.Purpose, cancel);
        return true;
    }

    /// <param name="attempted">What is asked, as the record of a refusal names it.</param>
    public static Func<CaseAtHand, Decision> Guard(
        Func<CaseAtHand, Decision> decide, string attempted, Caller by, bool mayWorkOnProtected) =>
        at => at.IsProtected && !mayWorkOnProtected
            ? new([new AttemptRefused(attempted, Refusal.ProtectedHolder, by, at.Now)], Refusal.ProtectedHolder)
            : decide(at);
}
