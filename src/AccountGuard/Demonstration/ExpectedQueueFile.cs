namespace AccountGuard.Demonstration;

/// <summary>Writes expected rows as the program itself exports its queue (contract, Queue CSV).</summary>
internal static class ExpectedQueueFile
{
    private const string Header =
        "rank,source,request_id,kind,incident,reasons,state,tier,list_version,filed_on,exposed_on";

    /// <summary>The open queue, ranked from 1.</summary>
    public static int WriteOpen(string path, IEnumerable<QueueRow> rows, RowProgress progress) =>
        Write(path, rows, ranked: true, progress);

    /// <summary>Ended rows have no rank; they stand in the order that they would have had.</summary>
    public static int WriteEnded(string path, IEnumerable<QueueRow> rows, RowProgress progress) =>
        Write(path, rows, ranked: false, progress);

    private static int Write(string path, IEnumerable<QueueRow> rows, bool ranked, RowProgress progress)
    {
        var rank = 0;
        using var csv = new CsvFile(path, Header, progress);
        foreach (var row in ExpectedQueue.Ranked(rows))
        {
            rank++;
            csv.Next();
            if (ranked)
            {
                csv.PutNumber(rank);
            }

            csv.Field(row.Filing.Source);
            csv.Field(row.Filing.RequestId);
            csv.Field(row.Filing.Kind == ChangeKind.Account ? "account"u8 : "address"u8);
            csv.Field(IncidentFile.Incident);
            csv.Field(row.Reasons);
            csv.Field(row.State);
            csv.Next();
            csv.PutNumber(row.Tier);
            csv.Next();
            csv.PutNumber(row.Version);
            csv.Day(row.FiledOn);
            csv.Day(row.ExposedOn);
            csv.EndRow();
        }

        return rank;
    }
}
