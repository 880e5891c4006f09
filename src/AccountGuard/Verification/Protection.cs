using System.Security.Claims;
using AccountGuard.Identity;
using AccountGuard.Numbers;

namespace AccountGuard.Verification;

/// <summary>
/// Rule 13: the case and the payment story of a holder who is protected, or may be, are opened and worked on by nobody
/// but those whom the identity provider gives the role for it. Who else tries is refused and recorded.
/// </summary>
public static class Protection
{
    /// <summary>Whether a case is shut to its reader, who is on record then as having asked for it.</summary>
    public static Task<bool> ShutsOutAsync(
        Installation at, Guid change, ClaimsPrincipal reader, CancellationToken cancel) =>
        ShutsOutAsync(at, "select number_key from account_change where change_id = @asked and is_protected(@asked)",
            change, "case", CaseFile.Purpose, reader, cancel);

    /// <summary>The same of what is told of a number's holder.</summary>
    public static Task<bool> ShutsOutAsync(
        Installation at, NumberKey number, string fields, string purpose, ClaimsPrincipal reader,
        CancellationToken cancel) =>
        ShutsOutAsync(at, "select number_key from protected_among(array[@asked]) as p (number_key)",
            number.ToBytes(), fields, purpose, reader, cancel);

    private static async Task<bool> ShutsOutAsync(
        Installation at, string findProtected, object asked, string fields, string purpose, ClaimsPrincipal reader,
        CancellationToken cancel)
    {
        if (reader.IsInRole(Role.Protected))
        {
            return false;
        }

        NumberKey number;
        await using (var row = await at.LookUpAsync(findProtected, cancel, ("asked", asked)))
        {
            if (!await row.ReadAsync(cancel))
            {
                return false;
            }

            number = NumberKey.FromBytes(row.GetFieldValue<byte[]>(0));
        }

        await AccessRecords.WriteAsync(
            at, [number], $"{fields}, refused", Caller.Of(reader).ToString(), purpose, cancel);
        return true;
    }

    /// <param name="attempted">What is asked, as the record of a refusal names it.</param>
    public static Func<CaseAtHand, Decision> Guard(
        Func<CaseAtHand, Decision> decide, string attempted, Caller by, bool mayWorkOnProtected) =>
        at => at.IsProtected && !mayWorkOnProtected
            ? new([new AttemptRefused(attempted, Refusal.ProtectedHolder, by, at.Now)], Refusal.ProtectedHolder)
            : decide(at);
}
