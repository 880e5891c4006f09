namespace AccountGuard.Demonstration;

/// <summary>
/// What a written list comes to: the control totals that it is delivered with, and how its rows must end.
/// </summary>
internal sealed record ListTotals(ByTier Additions, DeliveryRows Rows);

/// <summary>Writes a version of the affected list and counts what it writes.</summary>
internal sealed class ListFile(ListLayout layout, NumberPermutation numbers, People people, int seed)
{
    private const string Header = "number,name,kana,birth_date,address,action,ref";

    public ListTotals Write(string path, int version, ListRecord[] records, RowProgress progress)
    {
        // One bit for each set of fields that a number already stands with in this version: the same again is a
        // duplicate.
        var seen = new byte[layout.OnLists];
        Span<int> additions = stackalloc int[5];
        var duplicates = 0;
        using var csv = new CsvFile(path, Header, progress);
        for (var row = 0; row < records.Length; row++)
        {
            var record = records[row];
            var bit = (byte)(1 << (int)record.Fields);
            duplicates += (seen[record.Position] & bit) == 0 ? 0 : 1;
            seen[record.Position] |= bit;
            additions[ListLayout.Tier(record.Fields)] += record.Withdraws ? 0 : 1;
            WriteRow(csv, version, row + 1, record);
        }

        return new(
            new(additions[2], additions[3], additions[4]),
            new(records.Length, records.Length - duplicates, duplicates, 0));
    }

    private void WriteRow(CsvFile csv, int version, int reference, ListRecord record)
    {
        var draw = SplitMix64.For(seed, Purpose.NumberForms, ((long)version << 40) + reference);
        csv.Next();
        NumberForms.Put(csv, numbers.NumberAt(record.Position), ref draw);
        WriteFields(csv, record);
        csv.Field(record.Withdraws ? "withdraw"u8 : version == 1 || draw.Below(2) == 0 ? ""u8 : "add"u8);
        csv.Field("L"u8);
        csv.PutNumber(version);
        csv.Put("-"u8);
        csv.PutDigits(reference, 8);
        csv.EndRow();
    }

    private void WriteFields(CsvFile csv, ListRecord record)
    {
        var person = people.Of(layout.PersonOf(record.Position));
        var named = record.Fields.HasFlag(LeakedFields.Name);

        // The kana alone is the name too. It hangs on the person: rows of one number name the same columns.
        csv.Next();
        if (named && !person.KanaOnly)
        {
            person.PutName(csv);
        }

        csv.Next();
        if (named)
        {
            person.PutKana(csv);
        }

        csv.Day(record.Fields.HasFlag(LeakedFields.BirthDate) ? person.BirthDate : null);
        csv.Next();
        if (record.Fields.HasFlag(LeakedFields.Address))
        {
            person.Home.Put(csv);
        }
    }
}
