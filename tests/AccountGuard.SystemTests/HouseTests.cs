using Npgsql;

namespace AccountGuard.SystemTests;

[Collection(SharedDatabase.Name)]
public sealed class HouseTests(FreshDatabase database)
{
    [Fact]
    public async Task a_reconciliation_of_nothing_is_clean()
    {
        var run = await CommandRun.OfAsync(database, "reconcile");
        run.Exit.ShouldBe(0, run.Messages);
    }

    /// <summary>
    /// A way that is switched off costs ten thousand million, which PostgreSQL by its defaults takes for a query that
    /// is worth compiling: for 0.7 s, each time.
    /// </summary>
    [Fact]
    public async Task no_function_whose_plan_is_fixed_is_compiled()
    {
        await using var source = NpgsqlDataSource.Create(database.Superuser);
        await using var find = source.CreateCommand("""
            select coalesce(string_agg(proname, ' '), '') from pg_proc
            where pronamespace = 'accountguard'::regnamespace and proconfig::text like '%enable\_%=off%'
              and not proconfig @> array['jit=off']
            """);
        (await find.ExecuteScalarAsync()).ShouldBe("");
    }

    /// <summary>A trigger's condition is read anew for each event: five took half the time of an append.</summary>
    [Fact]
    public async Task one_trigger_meets_all_events()
    {
        await using var source = NpgsqlDataSource.Create(database.Superuser);
        await using var find = source.CreateCommand("""
            select string_agg(tgname, ' ') from pg_trigger
            where tgrelid = 'accountguard_events.mt_events'::regclass and not tgisinternal
            """);
        (await find.ExecuteScalarAsync()).ShouldBe("meet");
    }
}
