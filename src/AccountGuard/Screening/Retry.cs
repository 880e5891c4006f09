using Npgsql;

namespace AccountGuard.Screening;

/// <summary>
/// Runs a whole transaction again after a deadlock or serialization failure: the gates allow for both.
/// </summary>
public static class Retry
{
    private const int Attempts = 20;

    public static async Task<T> OnConflictAsync<T>(Func<Task<T>> transaction, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                return await transaction();
            }
            catch (Exception e) when (attempt < Attempts && IsConflict(e))
            {
                continue;
            }
        }
    }

    private static bool IsConflict(Exception? e) => e switch
    {
        null => false,
        PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        } => true,
        _ => IsConflict(e.InnerException),
    };
}
