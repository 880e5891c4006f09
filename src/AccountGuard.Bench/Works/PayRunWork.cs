using System.Text;
using AccountGuard.Payments;

namespace AccountGuard.Bench.Works;

/// <summary>Payment files, split by where their payments stand.</summary>
public static class PayRunWork
{
    private const int MostCases = 300_000;
    private const int LeastFiles = 4;
    private const int RecordLength = 122;

    // As 300,000 cases lie among forty million payments.
    private const int PaymentsOfACase = 133;

    public static Work Files { get; } = new(
        "payrun", "4 files (40 at scale 10) of 999,999 payments beside 300,000 open cases; baseline: a bare loop that "
            + "reads them, looks each number up in a HashSet<long> and writes the records out again",
        async (ground, cancel) =>
        {
            var cases = Math.Min(ground.Scaled(MostCases), MostCases);
            await QueueWork.FillAsync(ground, cases, cancel);
            var payments = ground.Scaled(LeastFiles * TransferFile.MostPayments);
            var count = Math.Max(LeastFiles, (payments + TransferFile.MostPayments - 1) / TransferFile.MostPayments);

            // The files, what comes of them, and what the loop writes.
            await ground.NeedsAsync(3L * payments * RecordLength, cancel);
            var paths = Enumerable.Range(0, count)
                .Select(no => Write(ground, no, payments / count, cases)).ToArray();
            var numbers = Enumerable.Range(0, cases).Select(i => i * 7L).ToHashSet();
            var memory = 0L;
            var (ours, baseline) = await InTurns.TimeAsync(
                async run =>
                {
                    await using var sampling = new Timer(
                        _ => memory = Math.Max(memory, Environment.WorkingSet), null, 0, 20);
                    var folder = Path.Combine(ground.Folder.FullName, $"run-{run}");
                    await using (var screening = new ScreenPayRun(
                        ground.At, new DateOnly(2015, 6, 15), "bench", sender: null, keepsFiles: false))
                    {
                        var runs = await screening.IntoFoldersAsync(paths, folder, $"run-{run}", cancel);
                        if (runs.Sum(r => r.Summary.Pending.Count) < payments / PaymentsOfACase)
                        {
                            throw new InvalidOperationException("Cases are missing among the payments.");
                        }
                    }

                    Directory.Delete(folder, recursive: true);
                },
                _ =>
                {
                    paths.ToList().ForEach(path => CopyApart(path, numbers));
                    return Task.CompletedTask;
                });
            return
            [
                new("payrun", "payments/s", payments / ours, payments / baseline, 0.5, AtLeast: true, InTurns.Runs),
                new("payrun: memory", "MB", memory / 1e6, null, 600, AtLeast: false, InTurns.Runs),
            ];
        });

    private static string Write(Ground ground, int no, int payments, int cases)
    {
        var path = Path.Combine(ground.Folder.FullName, $"payments-{no}");
        using var file = new StreamWriter(path, append: false, Encoding.ASCII, 1 << 20) { NewLine = "\r\n" };
        file.WriteLine(("12100000000001".PadRight(54) + "0615").PadRight(120));
        for (var i = 0; i < payments; i++)
        {
            var payment = ((long)no * payments) + i;
            var number = payment % PaymentsOfACase == 0
                ? ((payment / PaymentsOfACase % (cases - 1)) + 1) * 7L : 5_000_000_000L + payment;
            file.WriteLine(("20001".PadRight(20) + "001".PadRight(18) + "000010000001" + "PAYEE".PadRight(30)
                + $"{65_000:D10}0{number:D10}").PadRight(120));
        }

        file.WriteLine($"8{payments:D6}{payments * 65_000L:D12}".PadRight(120));
        file.WriteLine("9".PadRight(120));
        return path;
    }

    /// <summary>The baseline: no check, no total, no digest.</summary>
    private static void CopyApart(string path, HashSet<long> numbers)
    {
        string[] names = [$"{path}.plain", $"{path}.found"];
        using (var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0))
        {
            var outputs = names.Select(name => new FileStream(name, FileMode.Create, FileAccess.Write, FileShare.None,
                1 << 20)).ToArray();
            var block = new byte[RecordLength * 8_192];
            for (int length; (length = from.ReadAtLeast(block, block.Length, throwOnEndOfStream: false)) > 0;)
            {
                for (var at = 0; at < length; at += RecordLength)
                {
                    var record = block.AsSpan(at, RecordLength);
                    var number = 0L;
                    foreach (var digit in record[91..101])
                    {
                        number = (number * 10) + (digit - '0');
                    }

                    outputs[numbers.Contains(number) ? 1 : 0].Write(record);
                }
            }

            Array.ForEach(outputs, output => output.Dispose());
        }

        Array.ForEach(names, File.Delete);
    }
}
