namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>A delivery of facts. Id: the sender's, or none.</summary>
public sealed record Parcel(string? Id, Facts Facts)
{
    public static readonly Facts Nothing = new([], [], [], [], [], [], []);

    public DateTimeOffset ReceivedAt => Facts.Changes.Select(c => c.DeliveredAt)
        .Concat(Facts.Cancellations.Select(c => c.DeliveredAt)).Concat(Facts.Deaths.Select(d => d.DeliveredAt))
        .FirstOrDefault();
}

/// <summary>
/// The way in which the facts of a history arrive: shuffled, split, partly again in another delivery, and some
/// deliveries again whole, under the same id, under another, or under none.
/// </summary>
public static class Arrival
{
    public static List<Parcel> Of(History history)
    {
        var random = new Random(history.Arrival);
        var facts = history.Facts;
        var parcels = new List<Facts>();
        parcels.AddRange(facts.Lists.Select(l => Parcel.Nothing with { Lists = [l] }));
        parcels.AddRange(facts.Cutoffs.Select(c => Parcel.Nothing with { Cutoffs = [c] }));
        parcels.AddRange(facts.Deaths.Select(d => Parcel.Nothing with { Deaths = [d] }));
        parcels.AddRange(Split(facts.Mappings, random).Select(part => Parcel.Nothing with { Mappings = part }));

        // Every row of a delivery was received when the delivery was: a row comes again only among its like.
        var rows = facts.Changes.Select(c => (c.DeliveredAt, Row: Parcel.Nothing with { Changes = [c] }))
            .Concat(facts.Cancellations.Select(c => (c.DeliveredAt, Row: Parcel.Nothing with { Cancellations = [c] })));
        foreach (var like in rows.GroupBy(r => r.DeliveredAt, r => r.Row))
        {
            parcels.AddRange(Split(like.ToList(), random).Select(part => Parcel.Nothing with
            {
                Changes = [.. part.SelectMany(f => f.Changes)],
                Cancellations = [.. part.SelectMany(f => f.Cancellations)],
            }));
        }

        var named = parcels.Select((f, at) => new Parcel(random.Next(2) == 0 ? null : $"d{at}", f)).ToList();
        var again = named.Where(_ => random.Next(4) == 0).Select(p => random.Next(2) == 0 ? p : p with
        {
            Id = p.Id is null ? $"e{named.IndexOf(p)}" : null,
        });
        var arriving = Shuffled([.. named, .. again], random);

        // What comes last finds the rest there and must do all the work alone: now and then that is all of a kind.
        var last = random.Next(8);
        return [.. arriving.OrderBy(p => last == (p.Facts.Lists.Count > 0 ? 0 : p.Facts.Cutoffs.Count > 0 ? 1
            : p.Facts.Mappings.Count > 0 ? 2 : p.Facts.Cancellations.Count > 0 ? 3 : -1))];
    }

    /// <summary>In pieces of one to four, some rows a second time.</summary>
    private static IEnumerable<T[]> Split<T>(IReadOnlyCollection<T> rows, Random random)
    {
        var left = Shuffled([.. rows, .. rows.Where(_ => random.Next(4) == 0)], random);
        while (left.Count > 0)
        {
            var length = Math.Min(left.Count, random.Next(1, 5));
            yield return [.. left.Take(length)];
            left.RemoveRange(0, length);
        }
    }

    private static List<T> Shuffled<T>(List<T> all, Random random)
    {
        var shuffled = all.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
