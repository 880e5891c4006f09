namespace AccountGuard.Demonstration;

/// <summary>Numbers of the corrected list and the new ones that replaced them (rule 8), in no order.</summary>
internal sealed class RenumberingFile(ListLayout layout, NumberPermutation numbers, int seed)
{
    private const string Header = "old_number,new_number,effective_on,relation";

    private static readonly DateOnly effectiveOn = new(2015, 8, 24);

    public DeliveryRows Write(string path, int count, CaseBook book, RowProgress progress)
    {
        using var csv = new CsvFile(path, Header, progress);
        var pairs = Renumbered(count, book).Select(old => (old, layout.RenumberedFrom(old), SameHolder: false))
            .Concat(book.SameHolder.Select(pair => (pair.First, pair.Second, SameHolder: true)));
        var rows = 0;
        foreach (var (old, replacement, sameHolder) in pairs)
        {
            var draw = SplitMix64.For(seed, Purpose.NumberForms, -1 - rows++);
            csv.Next();
            NumberForms.Put(csv, numbers.NumberAt(old), ref draw);
            csv.Next();
            NumberForms.Put(csv, numbers.NumberAt(replacement), ref draw);
            csv.Day(effectiveOn);
            csv.Field(sameHolder ? "same-holder"u8 : draw.Below(2) == 0 ? ""u8 : "renumbered"u8);
            csv.EndRow();
        }

        return new(rows, rows, 0, 0);
    }

    /// <summary>So many numbers of the corrected list; those that a case needs are among them.</summary>
    private int[] Renumbered(int count, CaseBook book)
    {
        var needed = book.Renumbered.ToHashSet();
        var others = layout.Ranges
            .Where(range => !range.Withdrawn && range.Class != ListingClass.Unlisted)
            .SelectMany(range => Enumerable.Range(range.First, range.Count))
            .Where(position => !needed.Contains(position))
            .ToArray();
        var draw = SplitMix64.For(seed, Purpose.Renumbering);
        draw.Shuffle(others.AsSpan());
        int[] chosen = [.. needed, .. others.AsSpan(0, count - needed.Count)];
        draw.Shuffle(chosen.AsSpan());
        return chosen;
    }
}
