using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Vault;
using CsCheck;

namespace AccountGuard.SystemTests.Deliveries;

/// <summary>What is well formed CSV is read as it was written, and only what is not is a problem.</summary>
public sealed class CsvRows
{
    private static readonly string[] Columns = ["a", "b", "c"];

    private static List<DeliveredRow> Read(byte[] content, string? encoding = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, content);
            using var file = DeliveredFile.Open(path, encoding);
            file.ReadContentKey(KeyFile.FromSecret(new byte[32]), "rows", CancellationToken.None);
            return [.. DeliveredRows.OfCsv(file, Columns, ["a"])];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<DeliveredRow> Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static string Quoted(string value) => $"\"{value.Replace("\"", "\"\"")}\"";

    [Fact]
    public void every_well_formed_row_is_read_as_it_was_written()
    {
        var value = Gen.Char["ab\",\r\n漢 "].Array[0, 6].Select(c => new string(c));
        Gen.Select(value.Array[3].List[1, 6], Gen.Bool, Gen.Bool).Sample((rows, crlf, ends) =>
        {
            var end = crlf ? "\r\n" : "\n";
            var lines = rows.Select(r => string.Join(',', r.Select(Quoted))).Prepend("a,b,c");
            Read(string.Join(end, lines) + (ends ? end : ""))
                .Select(r => r.Problem is null ? string.Join('|', r.Values) : r.Problem)
                .ShouldBe(rows.Select(r => LooksLikeRows(string.Join(',', r.Select(Quoted)))
                    ? "Remainder" : string.Join('|', r)));
        }, iter: 2_000);

        static bool LooksLikeRows(string row) =>
            row.Split('\r', '\n').Skip(1).Any(line => line.Count(c => c == ',') >= Columns.Length - 1);
    }

    /// <summary>None but a reader who counts the rows would miss those between.</summary>
    [Theory]
    [InlineData("4,5,a\"b\n6,7,8\n9,10,c\"d\n")]
    [InlineData("4,5,a\"b\n9,10,c\"d\n")]
    [InlineData("4,5,\"b\r\n6,7,8\r\n9,10,\"d\r\n")]
    [InlineData("4,5,\"b\n6,7,8\n9,10,c\"\n")]
    [InlineData("4,\"b,6\n7,c\",8\n")]
    public void rows_that_two_stray_quotation_marks_made_one_are_a_remainder_and_those_behind_stand(string rows) =>
        Read("a,b,c\n1,\"x\ny\",3\n" + rows + "11,12,13\n").Select(r => r.Problem)
            .ShouldBe([null, "Remainder", null]);

    [Fact]
    public void an_open_quotation_mark_makes_the_rest_one_remainder_and_the_rows_before_stand()
    {
        var rows = Read("a,b,c\n1,\"say \"\"so\"\"\",3\n4,\"open,6\n7,8,9\n10,11,12\n");
        rows.Select(r => (r.No, r.Problem)).ShouldBe([(1, null), (2, "Remainder")]);
        rows[0].Values.ShouldBe(["1", "say \"so\"", "3"]);
    }

    [Theory]
    [InlineData("1,2\n", "BrokenRow")]
    [InlineData("1,2,3,4\n", "BrokenRow")]
    [InlineData("1,2,3,4", "BrokenRow")]
    [InlineData("1,2", "Remainder")]
    [InlineData("1", "Remainder")]
    [InlineData("\"1\n", "Remainder")]
    [InlineData("1,2,\"", "Remainder")]
    [InlineData("1,2,\"3\"\"", "Remainder")]
    public void what_is_no_row_is_one_row_with_a_problem(string line, string problem) =>
        Read("a,b,c\n1,2,3\n" + line).Select(r => r.Problem).ShouldBe([null, problem]);

    [Fact]
    public void a_character_that_breaks_off_at_the_end_makes_its_row_a_remainder()
    {
        var content = Encoding.UTF8.GetBytes("a,b,c\n1,2,3\n4,5,漢字");
        Read(content[..^1]).Select(r => r.Problem).ShouldBe([null, "Remainder"]);
        Read(content).Select(r => r.Problem).ShouldBe([null, null]);
    }

    [Fact]
    public void a_row_beyond_the_longest_is_a_remainder_and_no_crash()
    {
        var rows = Read("a,b,c\n1,2,3\n4,5," + new string('x', 17 << 20) + "\n7,8,9\n");
        rows.Select(r => (r.No, r.Problem)).ShouldBe([(1, null), (2, "Remainder")]);
    }

    [Fact]
    public void a_byte_order_mark_is_no_part_of_the_first_column()
    {
        Read([0xEF, 0xBB, 0xBF, .. "a,b,c\n1,2,3\n"u8]).Single().Values.ShouldBe(["1", "2", "3"]);
        Read([0xEF, 0xBB, 0xBF, .. "\"a\",b,c\n1,2,3"u8]).Single().Values.ShouldBe(["1", "2", "3"]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b,b\n", "twice")]
    [InlineData("a,b,d\n", "Column 3 of the header is not known")]
    [InlineData("b,c\n", "lacks the column a")]
    [InlineData("A,b,c\n", "Column 1")]
    [InlineData("\"a,b,c\n1,2,3\n", "header")]
    public void a_header_that_cannot_be_used_refuses_the_file(string text, string message) =>
        Should.Throw<BadInput>(() => Read(text)).Message.ShouldContain(message);

    [Fact]
    public void a_file_of_another_encoding_is_refused_with_its_line()
    {
        var sjis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
        Should.Throw<BadInput>(() => Read(sjis.GetBytes("a,b,c\n1,2,3\n4,山田,6\n"))).Message.ShouldContain("shift_jis");
        Read(sjis.GetBytes("a,b,c\n1,山田太郎,ﾔﾏﾀﾞ\n"), "shift_jis").Single().Values.ShouldBe(["1", "山田太郎", "ﾔﾏﾀﾞ"]);
        Should.Throw<BadInput>(() => Read([.. "a,b,c\n1,2,"u8, 0x81, 0x20], "cp932"));
        Should.Throw<BadInput>(() => Read("a,b,c\n"u8.ToArray(), "latin-1")).Message.ShouldNotContain("latin-1");
    }
}
