using System.Text;
using AccountGuard.Incidents;

namespace AccountGuard.Tests.Incidents;

/// <summary>What an incident may declare.</summary>
public class DeclarationTests
{
    private static Declaration Read(string holdPolicy) => Declaration.Read(new MemoryStream(Encoding.UTF8.GetBytes($$"""
        {"id":"leak","name":"A leak","timeZone":"Asia/Tokyo","cutoff":{"through":"2015-06-01"},
         "holdPolicy":{{holdPolicy}}}
        """)));

    /// <summary>Rule 3: PostgreSQL knows CET and its like as offsets without summer time, and would take another day.
    /// </summary>
    [Theory]
    [InlineData("Asia/Tokyo", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Paris", true)]
    [InlineData("CET", false)]
    [InlineData("EET", false)]
    [InlineData("Nowhere/Land", false)]
    public void rule_3_a_time_zone_is_a_place(string zone, bool isOne)
    {
        if (isOne)
        {
            Declared().TimeZone.ShouldBe(zone);
            return;
        }

        Should.Throw<BadInput>(Declared).Message.ShouldContain("timeZone");

        Declaration Declared() => Declaration.Read(new MemoryStream(Encoding.UTF8.GetBytes(
            $$"""{"id":"leak","name":"A leak","cutoff":{"through":"2015-06-01"},"timeZone":"{{zone}}" }""")));
    }

    [Theory]
    [InlineData("\"none\"")]
    [InlineData("""{"untilDays":1,"payTo":"keep"}""")]
    [InlineData("""{"untilDays":124,"payTo":"previous"}""")]
    public void rule_18_a_policy_may_hold_as_long_as_people_may(string holdPolicy) =>
        Read(holdPolicy).HoldPolicy.ShouldNotBeNull();

    [Theory]
    [InlineData("""{"untilDays":0,"payTo":"keep"}""")]
    [InlineData("""{"untilDays":125,"payTo":"keep"}""")]
    [InlineData("""{"untilDays":20150815,"payTo":"keep"}""")]
    [InlineData("""{"untilDays":14,"payTo":"new"}""")]
    public void rule_18_a_policy_that_holds_longer_or_otherwise_is_refused(string holdPolicy) =>
        Should.Throw<BadInput>(() => Read(holdPolicy)).Message.ShouldContain("holdPolicy");
}
