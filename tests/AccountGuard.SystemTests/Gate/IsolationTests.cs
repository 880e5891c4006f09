using Npgsql;

namespace AccountGuard.SystemTests.Gate;

/// <summary>A snapshot taken before the gate would miss what was committed while waiting for it.</summary>
public sealed class IsolationTests(GateDatabase database) : IClassFixture<GateDatabase>
{
    public static TheoryData<string, string> Writers
    {
        get
        {
            string[] facts =
            [
                Facts.File("a", Facts.Old), Facts.Cancel("a"), Facts.List(Facts.Old),
                Facts.Renumber(Facts.Old, Facts.New),
                Facts.PublishCutoff(Facts.Old), Facts.PublishClosings(Facts.Old),
                "insert into replacement values (1, 2, 3)",
                "select pass_gates('{00000000-0000-0000-0000-000000000000}', '{}', '{}', '{}')",
                "select repair(array(select change_id from account_change))",
            ];
            var cases = new TheoryData<string, string>();
            foreach (var level in (string[])["repeatable read", "serializable"])
            {
                foreach (var fact in facts)
                {
                    cases.Add(level, fact);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Writers), DisableDiscoveryEnumeration = true)]
    public async Task writers_are_refused_at_any_other_level(string level, string fact)
    {
        await using var connection = await database.OpenAsync();
        await GateDatabase.ExecuteAsync(connection, Facts.File("before", Facts.Stranger));
        await GateDatabase.ExecuteAsync(connection, "set role accountguard_app");
        await GateDatabase.ExecuteAsync(connection, $"begin isolation level {level}");
        var refused = await Should.ThrowAsync<PostgresException>(() => GateDatabase.ExecuteAsync(connection, fact));
        refused.SqlState.ShouldBe("AG001");
    }
}
