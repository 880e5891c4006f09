using System.Numerics;

namespace AccountGuard.Demonstration;

/// <summary>The fields that leaked beside the number; name and kana are one.</summary>
[Flags]
internal enum LeakedFields : byte
{
    None = 0,
    Name = 1,
    BirthDate = 2,
    Address = 4,
}

/// <summary>What a number is on the two lists.</summary>
internal enum ListingClass
{
    SteadyTwo,
    SteadyThree,
    SteadyFour,
    ThreeInParts,
    FourInParts,
    RaisedToThree,
    RaisedToFour,
    MissingTwo,
    MissingThree,
    MissingFour,
    WrongTwo,
    WrongThree,
    WrongFour,
    NeverListed,
    Unlisted,
}

/// <summary>
/// A run of positions of one class, with the rows that each of its numbers has at least in each list.
/// </summary>
internal sealed record ListingRange(
    ListingClass Class, int First, int Count, LeakedFields[] InList1, LeakedFields[] InList2, bool Withdrawn)
{
    public int End => First + Count;
}

/// <summary>
/// Divides the positions of all holders into runs, so that a comparison says what a number is on the lists.
/// </summary>
internal sealed class ListLayout
{
    private const LeakedFields Two = LeakedFields.Name;
    private const LeakedFields Three = LeakedFields.Name | LeakedFields.BirthDate;
    private const LeakedFields Four = Three | LeakedFields.Address;

    private readonly List<ListingRange> ranges = [];

    public ListLayout(Figures figures)
    {
        var (persons, missing, wrong) = (figures.Persons, figures.Missing, figures.Wrong);
        Run(ListingClass.SteadyTwo, persons.Two - missing.Two, [Two], []);
        Run(ListingClass.SteadyThree,
            persons.Three - missing.Three - figures.ThreeInParts - figures.RaisedToThree, [Three], []);
        Run(ListingClass.SteadyFour,
            persons.Four - missing.Four - figures.FourInParts - figures.RaisedToFour, [Four], []);
        Run(ListingClass.ThreeInParts, figures.ThreeInParts, [LeakedFields.Name, LeakedFields.BirthDate], []);
        Run(ListingClass.FourInParts, figures.FourInParts, [Three, LeakedFields.Name | LeakedFields.Address], []);
        Run(ListingClass.RaisedToThree, figures.RaisedToThree, [Two], [Three]);
        Run(ListingClass.RaisedToFour, figures.RaisedToFour, [Three], [Four]);
        Run(ListingClass.MissingTwo, missing.Two, [], [Two]);
        Run(ListingClass.MissingThree, missing.Three, [], [Three]);
        Run(ListingClass.MissingFour, missing.Four, [], [Four]);
        Run(ListingClass.WrongTwo, wrong.Two, [Two], [], withdrawn: true);
        Run(ListingClass.WrongThree, wrong.Three, [Three], [], withdrawn: true);
        Run(ListingClass.WrongFour, wrong.Four, [Four], [], withdrawn: true);
        Run(ListingClass.NeverListed, figures.NeverListed, [], [], withdrawn: true);
        OnLists = ranges[^1].End;
        Run(ListingClass.Unlisted, figures.Holders - OnLists, [], []);
        Holders = figures.Holders;
    }

    public int Holders { get; }

    /// <summary>Positions below this one stand on a list.</summary>
    public int OnLists { get; }

    public IReadOnlyList<ListingRange> Ranges => ranges;

    public ListingRange this[ListingClass name] => ranges[(int)name];

    /// <summary>The new number of a holder lies beyond all holders' numbers, and is nobody else's.</summary>
    public int RenumberedFrom(int position) => Holders + position;

    /// <summary>The number before the renumbering; itself where there was none.</summary>
    public int OldNumberOf(int position) =>
        position >= Holders && position < SecondNumber(0) ? position - Holders : position;

    /// <summary>A second number of somebody, neither a holder's first nor a new one; on no list.</summary>
    public int SecondNumber(int which) => Holders * 2 + which;

    public ListingRange RangeOf(int position) =>
        ranges.Find(range => position < range.End) ?? this[ListingClass.Unlisted];

    /// <summary>
    /// Whose data a row carries: a wrong number was listed with the data of the one that is missing (S04).
    /// </summary>
    public int PersonOf(int position) => RangeOf(position) switch
    {
        { Class: ListingClass.WrongTwo } range => this[ListingClass.MissingTwo].First + position - range.First,
        { Class: ListingClass.WrongThree } range => this[ListingClass.MissingThree].First + position - range.First,
        { Class: ListingClass.WrongFour } range => this[ListingClass.MissingFour].First + position - range.First,
        _ => position,
    };

    public static int Tier(LeakedFields fields) => 1 + BitOperations.PopCount((uint)fields);

    private void Run(
        ListingClass name, int count, LeakedFields[] list1, LeakedFields[] list2, bool withdrawn = false) =>
        ranges.Add(new(name, ranges.Count == 0 ? 0 : ranges[^1].End, count, list1, list2, withdrawn));
}
