namespace AccountGuard.Demonstration;

/// <summary>
/// Counts by tier. Records, persons and numbers are different units: never add one to another (rule 1).
/// </summary>
internal readonly record struct ByTier(int Two, int Three, int Four)
{
    public int All => Two + Three + Four;
}

/// <summary>
/// The figures of the 2015 incident (domain.md) times the scale. At scale 1 they are the published ones; how the
/// missing and the wrong numbers divide into tiers was never published and is invented.
/// </summary>
internal sealed class Figures
{
    public const double SmallestScale = 0.001;
    public const double LargestScale = 10;

    private readonly double scale;

    public Figures(double scale)
    {
        if (!(scale is >= SmallestScale and <= LargestScale))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale is from 0.001 to 10.");
        }

        this.scale = scale;
        RaisedToThree = Math.Min(Scaled(160), SpareTwo);
        ThreeInParts = Math.Min(Math.Max(1, Scaled(200)), (SpareTwo - RaisedToThree) / 2);
    }

    /// <summary>
    /// Holders who may file; they shrink with the lists, so that one in forty is listed at every scale.
    /// </summary>
    public int Holders => Scaled(40_000_000);
    public ByTier Records => new(Scaled(31_000), Scaled(1_167_000), Scaled(52_000));
    public ByTier Persons => new(Scaled(30_370), Scaled(968_981), Scaled(15_302));

    /// <summary>Numbers that the first list lacks.</summary>
    public ByTier Missing => new(Scaled(1_620), Scaled(51_560), Scaled(820));

    /// <summary>Numbers that the first list holds by mistake, each for one that it lacks (S04).</summary>
    public ByTier Wrong => new(Scaled(1_380), Scaled(43_930), Scaled(690));

    /// <summary>
    /// Numbers that the correction withdraws although no version lists them: accepted, no effect (rule 5).
    /// </summary>
    public int NeverListed => Math.Max(2, Scaled(12));

    /// <summary>Holders whose tier stands in no single record, only in the union of them (rule 1).</summary>
    public int ThreeInParts { get; }
    public int FourInParts => Math.Max(2, Scaled(100));

    /// <summary>Holders for whom the second list adds a field to what the first said.</summary>
    public int RaisedToThree { get; }
    public int RaisedToFour => Math.Max(2, Scaled(240));

    /// <summary>Numbers that the second list adds twice.</summary>
    public int AddedTwice => Math.Max(2, Scaled(540));

    public int BackgroundChanges => Scaled(300_000);
    public int Renumbered => Math.Min(Scaled(960_000), Persons.All);

    /// <summary>Records of two fields that no holder of that tier needs.</summary>
    private int SpareTwo => Math.Max(0, Records.Two - (Persons.Two - Missing.Two) - Wrong.Two);

    private int Scaled(int figure) => (int)Math.Round(figure * scale, MidpointRounding.AwayFromZero);
}
