using AccountGuard.Numbers;

namespace AccountGuard.Verification;

/// <summary>What ties one change to another (Rule 16). A link raises attention; it decides nothing.</summary>
public enum LinkKind
{
    SameHolder,
    AddressFirst,
    ThereAndBack,
    SameNewAccount,
    SameProxy,
    SameBranch,
}

/// <summary>A change that is linked to a case. State is empty where no incident has a case for it.</summary>
/// <param name="Holder">One of the holder's numbers, the same for all of his changes.</param>
/// <param name="IsCancelled">It is shown, and counts for nothing.</param>
public sealed record LinkedCase(
    Guid Change, string Source, string RequestId, string Kind, DateOnly? FiledOn, string? State,
    IReadOnlyList<LinkKind> Links, NumberKey Holder, bool IsCancelled);

/// <summary>Finds the changes that are linked to one, by the keys of accounts, proxies and numbers.</summary>
public static class CaseLinks
{
    private const int Most = 50;

    private const string Find = """
        with own as (
            select c.*, array(select numbers_of_holder(c.number_key)) as numbers
            from account_change c where c.change_id = @change),
        linked as (
            select o.change_id, case when o.kind = 'address' and c.kind = 'account' then 'AddressFirst'
                when o.new_account_key = c.previous_account_key and o.previous_account_key = c.new_account_key
                    then 'ThereAndBack'
                else 'SameHolder' end as link
            from own c join account_change o on o.number_key = any (c.numbers) and o.change_id <> c.change_id
            union
            select o.change_id, 'SameNewAccount' from own c join account_change o
              on o.new_account_key = c.new_account_key and o.number_key <> all (c.numbers)
            union
            select o.change_id, 'SameProxy' from own c join account_change o
              on o.proxy_key = c.proxy_key and o.number_key <> all (c.numbers)
            union
            select reported_at_branch(@change), 'SameBranch')
        select o.change_id, o.source, o.request_id, o.kind,
            coalesce(o.filed_on, (o.filed_at at time zone @zone)::date),
            (select h.state from hit h where h.change_id = o.change_id order by h.is_open desc, h.hit_id desc limit 1),
            array_agg(l.link order by l.link),
            coalesce((select h.holder_key from holder h where h.number_key = o.number_key), o.number_key),
            exists (select from cancellation x where x.change_id = o.change_id)
        from linked l join account_change o on o.change_id = l.change_id
        group by o.change_id order by 5 desc nulls first, o.source, o.request_id limit @most
        """;

    /// <summary>How many holders a kind of link ties together, the one whose case it is included.</summary>
    public static int HoldersBy(LinkKind kind, IEnumerable<LinkedCase> links) =>
        1 + links.Where(l => l.Links.Contains(kind) && !l.IsCancelled).DistinctBy(l => l.Holder).Count();

    /// <summary>
    /// The most account changes of the holder, the one whose case it is included, that were filed within so many days.
    /// </summary>
    public static int MostWithin(int days, DateOnly filedOn, IEnumerable<LinkedCase> links)
    {
        List<DateOnly> all = [filedOn, .. links.Where(l => l.Kind == "account" && !l.IsCancelled
            && l.Links.Any(kind => kind is LinkKind.SameHolder or LinkKind.ThereAndBack)).Select(l => l.FiledOn)
            .OfType<DateOnly>()];
        return all.Where(from => from <= filedOn && filedOn < from.AddDays(days))
            .Max(from => all.Count(on => on >= from && on < from.AddDays(days)));
    }

    public static async Task<IReadOnlyList<LinkedCase>> OfAsync(
        Installation at, Guid change, TimeZoneInfo zone, CancellationToken cancel)
    {
        var linked = new List<LinkedCase>();
        await using var reader = await at.LookUpAsync(
            Find, cancel, ("change", change), ("zone", zone.Id), ("most", Most));
        while (await reader.ReadAsync(cancel))
        {
            linked.Add(new LinkedCase(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateOnly>(4),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                [.. reader.GetFieldValue<string[]>(6).Select(Enum.Parse<LinkKind>)],
                NumberKey.FromBytes(reader.GetFieldValue<byte[]>(7)), reader.GetBoolean(8)));
        }

        return linked;
    }
}
