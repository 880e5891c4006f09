using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccountGuard.Payments;

/// <summary>
/// Splits a pain.001 file by where its payments stand. Each of the four files has the documents of the first with
/// counts and sums of its own; a PmtInf without payments is left out, since none may be empty. Each payment goes into
/// one of them, as it came.
/// </summary>
public static class CreditTransferSplit
{
    /// <inheritdoc cref="PayRunSplit.Run"/>
    public static PayRunPart[] Run(
        Stream file, string name, ReadOnlySpan<byte> standings, IReadOnlyList<Stream> outputs, CancellationToken cancel)
    {
        var from = file.Position;
        var totals = CountEach(file, name, standings, outputs.Count, cancel);
        file.Position = from;
        var parts = outputs.Select((output, standing) => new Part(output, standing, totals)).ToArray();
        try
        {
            using var transfers = new CreditTransferFile(file, name, isKnown: true);
            while (transfers.Read())
            {
                if (transfers.Kind == CreditTransferPiece.Payment)
                {
                    var payment = transfers.Count - 1;
                    parts[payment < standings.Length ? (int)PayRunStandings.StandingOf(standings[payment])
                        : throw PayRunSplit.Changed(name)].Append(transfers.Piece);
                    continue;
                }

                cancel.ThrowIfCancellationRequested();
                foreach (var part in parts)
                {
                    part.Write(transfers);
                }
            }

            return transfers.Count == standings.Length ? [.. parts.Select(part => part.Finish())]
                : throw PayRunSplit.Changed(name);
        }
        finally
        {
            Array.ForEach(parts, part => part.Dispose());
        }
    }

    /// <summary>Totals stand before the payments that they count.</summary>
    private sealed record Totals(
        List<PaymentCount[]> Documents, List<PaymentCount[]> Informations, PaymentCount[] Whole);

    private static Totals CountEach(
        Stream file, string name, ReadOnlySpan<byte> standings, int parts, CancellationToken cancel)
    {
        var totals = new Totals([], [], new PaymentCount[parts]);
        using var transfers = new CreditTransferFile(file, name);
        while (transfers.Read())
        {
            AddTo(totals.Documents, transfers.Documents, parts);
            AddTo(totals.Informations, transfers.Informations, parts);
            if (transfers.Kind == CreditTransferPiece.Payment)
            {
                cancel.ThrowIfCancellationRequested();
                var standing = transfers.Count <= standings.Length
                    ? (int)PayRunStandings.StandingOf(standings[transfers.Count - 1])
                    : throw PayRunSplit.Changed(name);
                foreach (var of in new[] { totals.Documents[^1], totals.Informations[^1], totals.Whole })
                {
                    of[standing] = of[standing].Plus(transfers.Transfer.Amount);
                }
            }
        }

        return totals;
    }

    private static void AddTo(List<PaymentCount[]> totals, int count, int parts)
    {
        if (totals.Count < count)
        {
            totals.Add(new PaymentCount[parts]);
        }
    }

    /// <summary>One of the four files while it is written.</summary>
    private sealed class Part(Stream to, int standing, Totals totals) : IDisposable
    {
        private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly BufferedStream _to = new(to, 1 << 16);
        private long _bytes;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            _to.Write(bytes);
            _digest.AppendData(bytes);
            _bytes += bytes.Length;
        }

        public void Write(CreditTransferFile from)
        {
            var ofInformation = from.IsInInformation ? totals.Informations[from.Informations - 1][standing] : default;
            if (from.IsInInformation && ofInformation.Count == 0)
            {
                return;
            }

            if (from.Kind is not (CreditTransferPiece.Count or CreditTransferPiece.Sum))
            {
                Append(from.Piece);
                return;
            }

            var of = from.IsInInformation ? ofInformation : totals.Documents[from.Documents - 1][standing];
            Append(Encoding.ASCII.GetBytes((from.Kind == CreditTransferPiece.Count ? of.Count : of.Amount)
                .ToString(CultureInfo.InvariantCulture)));
            Append(from.TagOfPiece);
        }

        public PayRunPart Finish()
        {
            _to.Flush();
            return new PayRunPart(totals.Whole[standing].Count, totals.Whole[standing].Amount, _bytes,
                Convert.ToHexStringLower(_digest.GetHashAndReset()));
        }

        public void Dispose() => _digest.Dispose();
    }
}
