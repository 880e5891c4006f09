using System.Data;
using Npgsql;

namespace AccountGuard.Schema;

/// <summary>Questions of pages, which ask for little by its key, and take longer to plan than to answer.</summary>
public static class LookUps
{
    /// <summary>
    /// Answers a question by the plan that the connection keeps for it, until the tables that it reads are analysed
    /// anew: only for what an index finds however much there is.
    /// </summary>
    /// <returns>The rows; the connection goes back with their reader.</returns>
    public static async Task<NpgsqlDataReader> LookUpAsync(
        this NpgsqlDataSource database, string sql, CancellationToken cancel, params (string Name, object Value)[] values)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            var find = new NpgsqlCommand(sql, connection);
            foreach (var (name, value) in values)
            {
                find.Parameters.AddWithValue(name, value);
            }

            await find.PrepareAsync(cancel);
            return await find.ExecuteReaderAsync(CommandBehavior.CloseConnection, cancel);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
