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
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = at.SessionIn(transaction);
        var done = delivery.No == answer.Delivery ? [delivery]
            : await delivery.BrokenOffAsync(at, transaction, cancel);
        foreach (var one in done)
        {
            await one.CompleteAsync(transaction, session, answer, cancel);
        }

        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return answer;
    }

    private static async Task<DeliveryAnswer> CountAsync(
        NpgsqlConnection connection, int listNo, CancellationToken cancel)
    {
        await using var count = new NpgsqlCommand(
            """
            select l.delivery_no, l.records, sum(p.accepted)::bigint,
                (select count(*) from quarantined_row q where q.delivery_no = l.delivery_no),
                (select sum(o.added - o.withdrawn)::bigint from list_publication o
                 join affected_list a using (list_no) where a.incident_no = l.incident_no),
                sum(p.added)::bigint, sum(p.withdrawn)::bigint, sum(p.hits_opened)::bigint, sum(p.hits_ended)::bigint,
                sum(p.not_listed)::bigint,
                case when count(p.repeated) = count(*) then sum(p.repeated)::bigint end
            from affected_list l join list_publication p using (list_no)
            where l.list_no = @list group by l.list_no
            """, connection);
        count.CommandTimeout = 0;
        count.Parameters.AddWithValue("list", listNo);
        await using var reader = await count.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (received, accepted, quarantined) = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        return new DeliveryAnswer(
            reader.GetInt64(0),
            new RowCount(received, accepted,
                reader.IsDBNull(10) ? received - accepted - quarantined : reader.GetInt64(10), quarantined),
            new HitCount(reader.GetInt64(7), reader.GetInt64(8)),
            new NumberCount(reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(9)));
    }
}
