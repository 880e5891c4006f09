namespace AccountGuard.Payments;

/// <summary>What one of the four files holds.</summary>
public sealed record PayRunPart(int Count, long Amount, long Bytes, string Sha256);

/// <summary>
/// Splits a payment file by where its payments stand. Each of the four files is whole, with the headers, trailers and
/// end record of the first, also where no payment stands in it; each payment goes into one of them, as it came.
/// </summary>
public static class PayRunSplit
{
    /// <param name="file">The file that the standings were asked for.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="standings">A byte for each payment.</param>
    /// <param name="outputs">By standing.</param>
    /// <param name="cancel">Looked at once a group.</param>
    /// <returns>What was written, by standing.</returns>
    /// <exception cref="BadInput">It is not the file that the standings were asked for.</exception>
    public static PayRunPart[] Run(
        Stream file, string name, ReadOnlySpan<byte> standings, IReadOnlyList<Stream> outputs, CancellationToken cancel)
    {
        if (CreditTransferFile.Is(file))
        {
            return CreditTransferSplit.Run(file, name, standings, outputs, cancel);
        }

        var writers = outputs.Select(output => new TransferWriter(output)).ToArray();
        try
        {
            using var transfers = new TransferFile(file, name, isKnown: true);
            while (transfers.Read())
            {
                if (transfers.Kind == TransferRecord.Payment)
                {
                    // One more than there were: the reader would not have let it by in the same file.
                    var payment = transfers.Count - 1;
                    writers[payment < standings.Length ? (int)PayRunStandings.StandingOf(standings[payment])
                        : throw Changed(name)].Write(transfers);
                    continue;
                }

                cancel.ThrowIfCancellationRequested();
                foreach (var writer in writers)
                {
                    writer.Write(transfers);
                }
            }

            return transfers.Count == standings.Length ? [.. writers.Select(Part)] : throw Changed(name);
        }
        finally
        {
            foreach (var writer in writers)
            {
                writer.Dispose();
            }
        }
    }

    public static BadInput Changed(string name) =>
        new($"{name} was changed while it was read. Nothing was taken in: run it again when nobody writes to it.");

    private static PayRunPart Part(TransferWriter writer)
    {
        var digest = writer.Finish();
        return new PayRunPart(
            writer.Total.Count, writer.Total.Amount, writer.Bytes, Convert.ToHexStringLower(digest));
    }
}
