using static AccountGuard.Tests.Tidy;

namespace AccountGuard.Tests;

/// <summary>A check that cannot fail checks nothing: each refuses what it is there for, and that alone.</summary>
public class TidyRefuses
{
    static SourceFile[] Files(params (string Path, string Text)[] files) =>
        files.Select(f => new SourceFile(f.Path, f.Text)).ToArray();

    [Theory]
    [InlineData("src/AccountGuard/A.cs", 121, true)]
    [InlineData("src/AccountGuard/A.cs", 120, false)]
    [InlineData("src/AccountGuard/A.sql", 121, true)]
    [InlineData("ops/run", 121, true)]
    [InlineData("README.md", 121, false)]
    public void a_line_of_121_columns_in_code(string path, int columns, bool refused) =>
        WideLines(Files((path, "short\n" + new string('x', columns) + "\r\n"))).Any().ShouldBe(refused);

    [Theory]
    [InlineData("Helpers", true)]
    [InlineData("NumberUtils", true)]
    [InlineData("CaseManager", true)]
    [InlineData("shared", true)]
    [InlineData("ChangeDto", true)]
    [InlineData("Database", false)]
    [InlineData("SharedGate", false)]
    [InlineData("VerificationCase", false)]
    public void a_name_that_tells_nothing(string name, bool refused) => JunkDrawers([name]).Any().ShouldBe(refused);

    [Theory]
    [InlineData("using System.Text;\nusing AccountGuard;\nusing AccountGuard.Intake;", false)]
    [InlineData("using AccountGuard;\nusing System.Text;", true)]
    [InlineData("using AccountGuard.Screening;\nusing AccountGuard.Intake;", true)]
    public void usings_in_disorder(string text, bool refused) =>
        MixedUsings(Files(("src/AccountGuard/A.cs", text))).Any().ShouldBe(refused);

    interface ILone;
    interface IShape<T>;
    sealed class Once : ILone, IShape<int>;
    sealed class Twice : IShape<string>;

    [Fact]
    public void an_interface_with_one_implementation() =>
        LoneInterfaces([typeof(ILone), typeof(IShape<>), typeof(Once), typeof(Twice)]).ShouldHaveSingleItem()
            .ShouldContain(nameof(ILone));

    [Theory]
    [InlineData("namespace AccountGuard;", true)]
    [InlineData("namespace AccountGuard.IntakeOther;", true)]
    [InlineData("namespace AccountGuard.Intake;", false)]
    [InlineData("namespace AccountGuard.Intake.Rows;", false)]
    [InlineData("global using AccountGuard.Numbers;", true)]
    public void a_folder_whose_links_cannot_be_seen(string text, bool refused) =>
        HiddenLinks(Files(("src/AccountGuard/Intake/A.cs", text))).Any().ShouldBe(refused);

    const string Second = "namespace AccountGuard.Screening; class Rule { }";

    [Theory]
    [InlineData("using AccountGuard.Screening;", true)]
    [InlineData("var rule = new Screening.Rule();", true)]
    [InlineData("global::AccountGuard.Screening.Rule? rule = null;", true)]
    [InlineData("// see AccountGuard.Screening", false)]
    [InlineData("var text = \"AccountGuard.Screening\";", false)]
    [InlineData("var count = Screening.Count;", false)]
    public void two_folders_that_depend_on_each_other(string first, bool refused) =>
        Circles(Files(
            ("src/AccountGuard/Intake/A.cs", first),
            ("src/AccountGuard/Screening/B.cs", Second + " // and back by\nusing AccountGuard.Intake;"),
            ("src/AccountGuard/Program.cs", "using AccountGuard.Intake; using AccountGuard.Screening;")))
            .Any().ShouldBe(refused);

    [Fact]
    public void a_circle_of_three_folders_and_names_it() =>
        Circles(Files(
            ("src/AccountGuard/A/1.cs", "using AccountGuard.B;"),
            ("src/AccountGuard/B/2.cs", "using AccountGuard.C;"),
            ("src/AccountGuard/C/3.cs", "using static AccountGuard.A.One;")))
            .ShouldHaveSingleItem().ShouldBe("A -> B -> C -> A is a circle, by src/AccountGuard/A/1.cs, "
                + "src/AccountGuard/B/2.cs, src/AccountGuard/C/3.cs");

    [Fact]
    public void the_host_of_a_package_registry() =>
        RegistryHosts(Files(("ops/run", "curl https://api.nuget" + ".org/v3"))).ShouldHaveSingleItem();

    [Theory]
    [InlineData("SELECT 1", true)]
    [InlineData("delete From x where y = 'it''s' and FROM", true)]
    [InlineData("select 1 -- FROM here it's slow", false)]
    [InlineData("select 'INSERT' /* UPDATE\n */ as \"DELETE\"", false)]
    public void sql_that_shouts(string text, bool refused) =>
        ShoutedSql(Files(("a.sql", text))).Any().ShouldBe(refused);

    [Theory]
    [InlineData("CaseClaimed", true)]
    [InlineData("NumberWithdrawn", true)]
    [InlineData("LetterSent", true)]
    [InlineData("DeliveryBrokenOff", true)]
    [InlineData("ClaimCase", false)]
    [InlineData("CaseVerdict", false)]
    [InlineData("NewsFeed", false)]
    public void an_event_not_in_the_past_tense(string name, bool past) => TidyEvents.IsPastTense(name).ShouldBe(past);

    sealed record CaseClaimed(string Auditor, DateOnly? On, string? Note, IReadOnlyList<Part?> Parts, Kind[] Kinds);
    sealed record Part(int Size);
    enum Kind { Letter = 1, Visit = 2 }
    record CaseOpened : IDisposable { public void Dispose() { } }
    sealed class CaseVerdict;

    [Fact]
    public void an_event_that_is_no_plain_sealed_record()
    {
        TidyEvents.Misshapen([typeof(CaseClaimed)]).ShouldBeEmpty();
        TidyEvents.Misshapen([typeof(CaseOpened)]).Count().ShouldBe(2);
        TidyEvents.Misshapen([typeof(CaseVerdict)]).Count().ShouldBe(2);
    }

    [Fact]
    public void an_event_of_another_shape_with_what_is_inside_it() =>
        TidyEvents.Shapes([typeof(CaseClaimed)]).ShouldBe("""
            Tests.CaseClaimed
                Auditor: String
                Kinds: Tests.Kind[]
                Note: String?
                On: DateOnly?
                Parts: IReadOnlyList<Tests.Part?>
            Tests.Kind
                Letter = 1
                Visit = 2
            Tests.Part
                Size: Int32

            """);
}
