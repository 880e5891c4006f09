using AccountGuard.Deliveries;
using Npgsql;

namespace AccountGuard.AffectedLists;

/// <summary>
/// What a delivered list is answered with, counted from what stands in the database once it is published.
/// </summary>
public static class ListAnswer
{
    public static async Task<DeliveryAnswer> CompleteAsync(
        Installation at, NpgsqlConnection connection, int listNo, Delivery delivery, CancellationToken cancel)
    {
        var answer = await CountAsync(connection, listNo, cancel);
        if (delivery.No == answer.Delivery)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var session = at.SessionIn(transaction);
            await delivery.CompleteAsync(transaction, session, answer, cancel);
            await session.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }

        return answer;
    }

    private static async Task<DeliveryAnswer> CountAsync(
        NpgsqlConnection connection, int listNo, CancellationToken cancel)
    {
        await using var count = new NpgsqlCommand(
            """
            with record as (
                select count(*) as received, count(*) filter (where code is not null) as quarantined
                from list_record where list_no = @list),
            kept as (
                select count(*) as accepted from (
                    select distinct number_key, fields, withdraws from list_record
                    where list_no = @list and code is null) d),
            published as (
                select sum(added)::bigint as added, sum(withdrawn)::bigint as withdrawn,
                    sum(not_listed)::bigint as not_listed,
                    sum(hits_opened)::bigint as opened, sum(hits_ended)::bigint as ended
                from list_publication where list_no = @list)
            select l.delivery_no, received, accepted, quarantined, listed_numbers(l.incident_no), added, withdrawn,
                opened, ended, not_listed
            from affected_list l, record, kept, published where l.list_no = @list
            """, connection);
        count.CommandTimeout = 0;
        count.Parameters.AddWithValue("list", listNo);
        await using var reader = await count.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (received, accepted, quarantined) = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        return new DeliveryAnswer(
            reader.GetInt64(0),
            new RowCount(received, accepted, received - accepted - quarantined, quarantined),
            new HitCount(reader.GetInt64(7), reader.GetInt64(8)),
            new NumberCount(reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(9)));
    }
}
