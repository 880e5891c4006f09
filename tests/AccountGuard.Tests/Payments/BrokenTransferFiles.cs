using System.Text;
using AccountGuard.Payments;
using CsCheck;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.Tests.Payments;

/// <summary>
/// Files broken by chance: each is refused in words that quote nothing, or splits so that every payment is in one of
/// the four files. Never a crash, a hang, or a payment that is gone.
/// </summary>
public class BrokenTransferFiles
{
    private const string Canary = "8642097531";

    private static readonly long Files = LongRun.IsAsked ? 1_000_000 : 20_000;

    private static readonly string[] LineBreaks = ["", "\r", "\n", "\r\n"];
    private static readonly byte[] LikelyBytes = [.. "128901 Y\r\n-"u8, 0, 0x1A, 0xB1, 0xF1, 0xFF];

    private static readonly Gen<byte[]> Sound = Gen.Select(
        Gen.Select(Gen.Int[0, 9], Gen.Long[0, 9_999_999_999], Gen.OneOf('0', '1', '2', ' '), Gen.Bool)
            .Array[0, 6].Array[1, 3], Gen.OneOf(LineBreaks), Gen.OneOf("", "\u001A", "\uFEFF"),
        (groups, lineBreak, around) =>
        {
            var file = File(groups.SelectMany(payments => (string[])
            [
                Header(), .. payments.Select(p => Payment(
                    p.Item1 == 0 ? "NOTHING" : $"{8642097530 + p.Item1}", p.Item2, p.Item3, p.Item4)),
                Trailer(payments.Length, payments.Sum(p => p.Item2)),
            ]), lineBreak);
            return around switch
            {
                "" => file,
                "\u001A" => [.. file, 0x1A],
                _ => [.. "\uFEFF"u8, .. file],
            };
        });

    /// <summary>What may happen to a file: a byte is another, bytes are lost or come twice, records change places.
    /// </summary>
    private static readonly Gen<byte[]> Broken = Gen.Select(
        Sound, Gen.Select(Gen.Int[0, 6], Gen.Int[0, 4_000], Gen.Int[1, 250], Gen.OneOf(LikelyBytes)).Array[0, 3],
        (file, harms) => harms.Aggregate(file, (broken, harm) =>
        {
            var (kind, place, length, with) = harm;
            if (broken.Length == 0)
            {
                return [with];
            }

            var at = place % broken.Length;
            length = Math.Min(length, broken.Length - at);
            return kind switch
            {
                0 or 1 => [.. broken[..at], with, .. broken[(at + 1)..]],
                2 => [.. broken[..at], with, .. broken[at..]],
                3 => [.. broken[..at], .. broken[(at + length)..]],
                4 => [.. broken[..(at + length)], .. broken[at..]],
                5 => broken[..at],
                _ => [.. broken[..(at / 122 * 122)], .. broken[(at / 122 * 122)..].Reverse().Chunk(122)
                    .SelectMany(record => record.Reverse())],
            };
        }));

    [Fact]
    public void each_is_refused_or_adds_up() => EachIsRefusedOr(ShouldAddUp, Broken, Files, "FILE, record ", Canary);

    /// <summary>Each passes the check, or is refused by its place in words that quote nothing.</summary>
    internal static void EachIsRefusedOr(
        Action<byte[]> check, Gen<byte[]> files, long count, string place, string canary)
    {
        var (sound, refused) = (0, 0);
        files.Sample(file =>
        {
            try
            {
                check(file);
                Interlocked.Increment(ref sound);
            }
            catch (BadInput e)
            {
                e.Message.ShouldStartWith(place);
                e.Message.ShouldNotContain(canary[..6]);
                Interlocked.Increment(ref refused);
            }
        }, iter: count, threads: 2);

        // A run that breaks nothing, or everything, would show little.
        sound.ShouldBeGreaterThan((int)(count / 20));
        refused.ShouldBeGreaterThan((int)(count / 20));
    }

    private static void ShouldAddUp(byte[] file)
    {
        var days = new FileDays(June, June);
        var input = PayRunInput.Read(new MemoryStream(file), "FILE", CancellationToken.None, days: days);
        var standings = new byte[input.Numbers.Length];
        for (var i = 0; i < standings.Length; i++)
        {
            standings[i] = (byte)((input.Numbers[i] + i) & 3);
        }

        var (parts, files) = PayRunSplitTests.Split(file, standings);
        parts.Sum(p => p.Count).ShouldBe(input.Total.Count);
        parts.Sum(p => p.Amount).ShouldBe(input.Total.Amount);
        var payments = Records(file);
        payments.Count.ShouldBe(input.Total.Count, "as another reader counts them");
        for (var standing = 0; standing < 4; standing++)
        {
            Records(files[standing]).ShouldBe(payments.Where((_, i) => standings[i] == standing));
            PayRunInput.Read(new MemoryStream(files[standing]), "OUT", CancellationToken.None, days: days).Total
                .ShouldBe(new PaymentCount(parts[standing].Count, parts[standing].Amount));
        }
    }

    /// <summary>
    /// Another reader of sound files: cut by what may stand between records, which is in none of them.
    /// </summary>
    private static List<string> Records(byte[] file)
    {
        var text = Encoding.Latin1.GetString(file);
        text = text.StartsWith("\u00EF\u00BB\u00BF") ? text[3..] : text;
        text = string.Concat(text.Where(c => c is not ('\r' or '\n' or '\u001A')));
        return [.. text.Chunk(120).Select(record => new string(record)).Where(record => record[0] == '2')];
    }
}
