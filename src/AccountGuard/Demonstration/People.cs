namespace AccountGuard.Demonstration;

/// <summary>An invented address; the prefecture says 架空, so that nobody takes it for a real one.</summary>
internal readonly record struct Address(int City, int Town, int Block, int Lot, int House)
{
    public static Address Draw(ref SplitMix64 draw) => new(
        draw.Below(NameTable.Cities.Length), draw.Below(NameTable.Towns.Length),
        1 + draw.Below(9), 1 + draw.Below(40), 1 + draw.Below(30));

    /// <summary>One in forty has a room behind a comma, and so stands in quotes.</summary>
    public void Put(CsvFile csv)
    {
        var hasRoom = Lot == 40;
        csv.Put(hasRoom ? "\""u8 : ""u8);
        csv.Put("架空県"u8);
        csv.Put(NameTable.Cities[City]);
        csv.Put(NameTable.Towns[Town]);
        csv.PutNumber(Block);
        csv.Put("丁目"u8);
        csv.PutNumber(Lot);
        csv.Put("番"u8);
        csv.PutNumber(House);
        csv.Put(hasRoom ? "号, 101\""u8 : "号"u8);
    }
}

/// <summary>A synthetic person.</summary>
internal readonly record struct Person(int Family, int Given, DateOnly BirthDate, Address Home, bool KanaOnly)
{
    public void PutName(CsvFile csv)
    {
        csv.Put(NameTable.Families[Family].Kanji);
        csv.Put(" "u8);
        csv.Put(NameTable.Givens[Given].Kanji);
    }

    public void PutKana(CsvFile csv)
    {
        csv.Put(NameTable.Families[Family].Kana);
        csv.Put(" "u8);
        csv.Put(NameTable.Givens[Given].Kana);
    }
}

/// <summary>Who stands at a position: drawn anew each time it is asked, always the same.</summary>
internal sealed class People(int seed)
{
    private static readonly DateOnly oldest = new(1918, 1, 1);
    private static readonly int days = new DateOnly(1994, 12, 31).DayNumber - oldest.DayNumber;

    public Person Of(int position)
    {
        var draw = SplitMix64.For(seed, Purpose.People, position);
        return new(
            draw.Below(NameTable.Families.Length), draw.Below(NameTable.Givens.Length),
            oldest.AddDays(draw.Below(days)), Address.Draw(ref draw), draw.Below(40) == 0);
    }
}
