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
