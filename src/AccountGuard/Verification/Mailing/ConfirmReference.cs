using AccountGuard.Identity;
using AccountGuard.Letters;
using AccountGuard.Numbers;

namespace AccountGuard.Verification.Mailing;

/// <summary>A letter that has the reference; not in the post yet where it has no day.</summary>
public sealed record ConfirmedLetter(Guid Change, DateOnly? SentOn);

/// <summary>
/// Somebody asks whether a letter, or a visitor with its reference, is ours (Rule 12). The answer tells nothing of the
/// holder; that it was given is recorded (Rule 33).
/// </summary>
public static class ConfirmReference
{
    public static async Task<IReadOnlyList<ConfirmedLetter>> RunAsync(
        Installation at, CaseReference reference, Caller by, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select o.change_id, o.sent_on, c.number_key
            from letter_order o join account_change c on c.change_id = o.change_id
            where o.reference = @reference order by o.ordered_at desc
            """);
        find.Parameters.AddWithValue("reference", $"{reference}");
        var (letters, numbers) = (new List<ConfirmedLetter>(), new HashSet<NumberKey>());
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                letters.Add(new ConfirmedLetter(
                    reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateOnly>(1)));
                numbers.Add(NumberKey.FromBytes(reader.GetFieldValue<byte[]>(2)));
            }
        }

        await AccessRecords.WriteAsync(
            at, numbers, "letter reference", by.ToString(), "enquiry about a letter", cancel);
        return letters;
    }
}
