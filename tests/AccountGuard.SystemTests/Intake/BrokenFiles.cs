using System.Text;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Intake;

/// <summary>
/// Files that are broken in every way we could think of, and in ways that nobody thought of: each has its clear error,
/// which quotes nothing, or its rows in quarantine; rows received are accepted, duplicate or quarantined, always. In a
/// database of their own: a number whose digit was flipped may be another test's.
/// </summary>
public sealed class BrokenFiles(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private const string Canary = "8642097531";
    private const string Name = "金糸雀太郎";
    private const string Header = "source,request_id,number,filed_on,account_holder\n";
    private const string Good = $"s,G1,{Canary},2015-05-20,{Name}\n";
    private static readonly Encoding ShiftJis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
    /// <summary>
    /// What a file holds, and what becomes of it: accepted and quarantined rows, or words of the refusal.
    /// </summary>
    private static readonly (string Content, string Becomes)[] Changes =
    [
        // Headers.
        ("", "The file is empty"),
        ("\n", "Column 1 of the header"),
        ("\uFEFF", "The file is empty"),
        ("\0\0\0\0", "Column 1 of the header"),
        ("source;request_id;number;filed_on\ns;1;2;3\n", "Column 1 of the header"),
        ("source\trequest_id\tnumber\ns\t1\t2\n", "Column 1 of the header"),
        ("source,request_id,number,number\n", "names the column number twice"),
        ("source,request_id,number,\n", "Column 4 of the header"),
        ("source,request_id\ns,1\n", "lacks the column number"),
        ("request_id,number\n1,2\n", "lacks the column source"),
        ("source,number\ns,1\n", "lacks the column request_id"),
        ("Source,Request_Id,Number\ns,1,2\n", "Column 1 of the header"),
        ("\"source,request_id,number\ns,1,2\n", "Column 1 of the header"),
        ($"{Name},{Canary}\n", "Column 1 of the header"),
        ($"s,G1,{Canary},2015-05-20,{Name}\n", "Column 1 of the header"),
        ("{\"source\":\"s\"}\n", "Column 1 of the header"),
        ("<html><body>502 Bad Gateway</body></html>\n", "Column 1 of the header"),
        ("PK\u0003\u0004", "Column 1 of the header"),
        ("%PDF-1.7\n", "Column 1 of the header"),
        ("source,request_id,number," + new string('x', 100_000) + "\n", "Column 4 of the header"),

        // Rows of another shape.
        (Header + "\n\n\n", "0 0"),
        (Header + Good + "\n\n", "1 0"),
        (Header + Good + "s,2\n", "1 1"),
        (Header + Good + ",,,,\n", "1 1"),
        (Header + Good + ",,,,,\n", "1 1"),
        (Header + Good + $"s,2,{Canary},2015-05-20,{Name},,,,\n", "1 1"),
        (Header + Good + $"s;2;{Canary};2015-05-20;{Name}\n", "1 1"),
        (Header + Good + new string(',', 5_000) + "\n", "1 1"),
        (Header + Good + Header, "1 1"),
        (Header + Good + "   \n", "1 1"),
        (Header.Replace("\n", "\r\n") + Good.Replace("\n", "\r\n"), "1 0"),
        (Header.Replace("\n", "\r") + Good.Replace("\n", "\r"), "1 0"),
        (Header + Good.TrimEnd(), "1 0"),

        // Quotation marks.
        (Header + Good + $"s,2,\"{Canary},2015-05-20,{Name}\n", "1 1"),
        (Header + Good + $"s,2,\"{Canary}\"\"\",2015-05-20,{Name}\n", "1 1"),
        (Header + Good + $"s,2,{Canary},2015-05-20,\"{Name}\ns,3,{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + $"s,2,{Canary},2015-05-20,\"{Name}\"\n", "2 0"),
        (Header + Good + $"s,2,{Canary},2015-05-20,\"{Name}\n住所\"\n", "2 0"),
        (Header + Good + $"s,\"2\n3\",{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + "\"\"\"\"\"\"\"\n", "1 1"),

        // Ids.
        (Header + Good + $",2,{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + $"s,,{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + $"s,2\0,{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + $"s,2\u001b[2J,{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + $"s,{new string('9', 201)},{Canary},2015-05-20,\n", "1 1"),
        (Header + Good + $"s,=1+1,{Canary},2015-05-20,\n", "2 0"),
        (Header + Good + Good, "1 0"),
        (Header + Good + $"s,G1,{Canary},2015-05-21,{Name}\n", "1 1"),

        // Numbers.
        (Header + Good + "s,2,,2015-05-20,\n", "1 1"),
        (Header + Good + "s,2,123456789,2015-05-20,\n", "1 1"),
        (Header + Good + "s,2,86420975310,2015-05-20,\n", "1 1"),
        (Header + Good + "s,2,8.642097531E9,2015-05-20,\n", "1 1"),
        (Header + Good + "s,2,-8642097531,2015-05-20,\n", "2 0"),
        (Header + Good + $"s,2,=\"{Canary}\",2015-05-20,\n", "1 1"),
        (Header + Good + $"s,2,{Name},2015-05-20,{Canary}\n", "1 1"),
        (Header + Good + "s,2,٨٦٤٢٠٩٧٥٣١,2015-05-20,\n", "1 1"),
        (Header + Good + "s,2,８６４２０９７５３１,2015-05-20,\n", "2 0"),
        (Header + Good + "s,2,8642-097531,2015-05-20,\n", "2 0"),
        (Header + Good + "s,2,864209753\0,2015-05-20,\n", "1 1"),

        // Days: none is a reason to lose the row.
        (Header + $"s,D1,{Canary},2015-02-30,\ns,D2,{Canary},20/05/2015,\ns,D3,{Canary},42144,\n", "3 0"),
        (Header + $"s,D1,{Canary},9999-99-99,\ns,D2,{Canary},-1,\ns,D3,{Canary},平成27年5月20日,\n", "3 0"),
        (Header + $"s,D1,{Canary},0000-00-00,\ns,D2,{Canary},2015-05-20T25:61:61Z,\ns,D3,{Canary},\0,\n", "3 0"),
        (Header + $"s,D1,{Canary},=NOW(),\ns,D2,{Canary},{new string('1', 5_000)},\n", "2 0"),

        // Length, and places where it breaks off.
        (Header + Good + $"s,2,{Canary},2015-05-20,{new string('名', 1 << 20)}\n", "2 0"),
        (Header + Good + $"s,2,{Canary},2015-05-20,{new string('x', 17 << 20)}\n", "1 1"),
        (Header + Good + $"s,2,{Canary}", "1 1"),
    ];

    private static readonly (string Content, string Becomes)[] Ndjson =
    [
        ("", "0 0"),
        ("\n\r\n  \n", "0 0"),
        ("{}\n", "0 1"),
        ("[]\n", "0 1"),
        ("null\n", "0 1"),
        ("{\n", "0 1"),
        ($"{{\"source\":\"s\",\"request_id\":\"N1\",\"number\":\"{Canary}\"\n", "0 1"),
        ($"{{\"source\":\"s\",\"request_id\":\"N1\",\"number\":{Canary}}}\n", "1 0"),
        ($"{{\"source\":\"s\",\"request_id\":\"N1\",\"number\":\"{Canary}\"}} trailing\n", "0 1"),
        ($"{{\"source\":\"s\",\"request_id\":\"N1\",\"number\":[\"{Canary}\"]}}\n", "0 1"),
        ($"{{\"source\":\"s\",\"request_id\":\"\\ud800\",\"number\":\"{Canary}\"}}\n", "0 1"),
        ($"{{\"source\":\"s\",\"request_id\":\"N1\",\"number\":\"{Canary}\",\"{Name}\":1}}\n", "0 1"),
        (new string('[', 100_000) + "\n", "0 1"),
        ($"{{\"source\":\"{new string('s', 17 << 20)}\"}}\n", "0 1"),
        ("source,request_id,number\n", "0 1"),
    ];

    private static readonly (string Content, string Becomes)[] Lists =
    [
        ("number\n", "0 0"),
        ("number,number\n", "names the column number twice"),
        ("name\n", "lacks the column number"),
        ($"number,name\n{Canary},{Name}\n", "1 0"),
        ($"number,name\n{Name},{Canary}\n", "0 1"),
        ($"number,name\n{Canary},\"{Name}\n", "0 1"),
        ($"number,action\n{Canary},delete\n", "0 1"),
        ($"number,action\n{Canary},add\n{Canary},withdraw\n", "withdraws the number that row 1 adds"),
        ($"number,name\n{Canary}\n{Canary},{Name},,\n", "0 2"),
    ];

    private static readonly (string Content, string Becomes)[] Renumberings =
    [
        ("old_number\n1\n", "lacks the column new_number"),
        ($"old_number,new_number\n{Canary},{Canary}\n", "0 1"),
        ($"old_number,new_number\n{Canary},\n", "0 1"),
        ($"old_number,new_number\n{Canary},{Name}\n", "0 1"),
        ($"old_number,new_number\n{Canary},\"1234567890\n", "0 1"),
        ($"old_number,new_number,relation\n{Canary},1234567890,cousin\n", "0 1"),
    ];

    private static readonly (string Content, string Becomes)[] Holders =
    [
        ("", "The file is empty"),
        ("name\n", "lacks the column number"),
        ("number,name,name\n", "names the column name twice"),
        ($"number,{Name}\n", "Column 2 of the header"),
        ($"{Canary},{Name}\n", "Column 1 of the header"),
        ("number\n", "0 0"),
        ($"number,name\n{Canary},{Name}\n", "1 0"),
        ($"number,name\n,{Name}\n", "0 1"),
        ($"number,name\n{Name},{Canary}\n", "0 1"),
        ($"number,name\n{Canary},\"{Name}\n", "0 1"),
        ($"number,name\n{Canary}\n{Canary},{Name},,\n", "0 2"),
        ($"number,name\n{Canary},{new string('x', 17 << 20)}\n", "0 1"),
        ($"number,protected\n{Canary},yes\n{Canary},はい\n{Canary},1\n{Canary},TRUE\n", "1 3"),
        ($"number,died_on\n{Canary},2015-02-30\n{Canary},平成27年5月20日\n{Canary},2015-05-10T09:00Z\n", "1 2"),
        ($"number,birth_date\n{Canary},1948-2-3\n{Canary},\0\n", "0 2"),
        ($"number,address_since,address\n{Canary},2001-04-01,\n{Canary},1 April,{Name}\n", "0 2"),
        ($"number,postal_code,address\n{Canary},100-0001,\n", "0 1"),
        ($"number,address\n{Canary},\"{Name}\n2-3\"\n", "1 0"),
    ];

    [Fact]
    public void there_are_at_least_sixty() =>
        (Changes.Length + Ndjson.Length + Lists.Length + Renumberings.Length).ShouldBeGreaterThan(60);

    [Fact]
    public async Task broken_files_of_changes() =>
        await EachAsync(Changes, (story, content) => story.ChangesFileAsync(content));

    [Fact]
    public async Task broken_ndjson() =>
        await EachAsync(Ndjson, (story, content) => story.ChangesFileAsync(content, isNdjson: true));

    [Fact]
    public async Task broken_lists() => await EachAsync(Lists, (story, content) => story.ListFileAsync(
        1, content, new ControlTotals(Rows(content), null, null, null, 0)));

    [Fact]
    public async Task broken_renumberings() =>
        await EachAsync(Renumberings, (story, content) => story.RenumberAsync(content));

    [Fact]
    public async Task broken_holders() =>
        await EachAsync(Holders, (story, content) => story.HoldersFileAsync(content, delivery: story.Incident));

    [Fact]
    public async Task files_in_another_encoding_are_refused_with_the_line()
    {
        var story = await BeginAsync(database);
        foreach (var content in (byte[][])[
            ShiftJis.GetBytes(Header + Good), Encoding.Unicode.GetBytes(Header + Good),
            [.. Encoding.UTF8.GetBytes(Header + Good), 0xFF, 0xFE, 0x0A], [0x80, 0x81, 0x82],
        ])
        {
            var refused = await Should.ThrowAsync<BadInput>(story.ChangesFileAsync(content));
            refused.Message.ShouldContain("is not utf-8 text: see its lines from");
            Clean(refused.Message);
        }
    }

    /// <summary>A good file of a kind, its header empty where it has none, and how it is imported.</summary>
    internal sealed record Kind(
        string Header, Func<int, string> Row, Func<Story, byte[], int, Task<DeliveryAnswer>> ImportAsync,
        bool IsNdjson = false);

    // In every fifth file, and always joined with the same: nobody has thousands of numbers and changes.
    private const int CanaryRow = 3;
    private static readonly string Joined = Number();
    private static int _files;

    internal static readonly Kind[] Kinds =
    [
        new("source,request_id,number,filed_on,account_holder\n",
            i => $"random-{Number()},{i},{Own(i)},2015-05-{1 + i:D2},\"{Name}, {i}\"\n", ChangesAsync),
        new("source,request_id,number,filed_on\n",
            i => $"random-{Number()},{i},{Own(i)},2015-05-{1 + i:D2}\n", ChangesAsync),
        new("", i => $$"""{"source":"random-{{Number()}}","request_id":"{{i}}","number":"{{Own(i)}}"}""" + "\n",
            (story, content, seed) => story.ChangesFileAsync(content, delivery: $"random-{seed}", isNdjson: true),
            IsNdjson: true),
        new("source,request_id,number,filed_on\n", i => $"random-{Number()},{i},{Own(i)},2015-05-{1 + i:D2}\n",
            (story, content, seed) => story.ChangesFileAsync(content, delivery: $"random-{seed}", isNdjson: true),
            IsNdjson: true),
        new("number,name,birth_date,action\n", i => $"{Own(i)},{Name},,{(i % 6 == 1 ? "withdraw" : "")}\n",
            (story, content, seed) => story.ListFileAsync(seed, content, new ControlTotals(20, null, null, null, 999))),
        new("old_number,new_number,effective_on,relation\n", i => Mapping(Own(i)),
            (story, content, _) => story.RenumberAsync(content)),
        new("number,name,birth_date,protected\n", i => $"{Own(i)},{Name},1948-02-03,{(i % 2 == 0 ? "true" : "")}\n",
            (story, content, seed) => story.HoldersFileAsync(content, delivery: $"random-{seed}")),
        new("source,payment_id,number,outcome,pay_day,amount,account,on\n",
            i => $"random-{Number()},{i},{Own(i)},sent,2015-06-15,{1_000 + i},zengin:0001-001-1-1234567,2015-06-15\n",
            (story, content, seed) => story.PaymentsFileAsync(content, delivery: $"random-{seed}")),
    ];

    private static string Own(int i) =>
        i == CanaryRow && Interlocked.Increment(ref _files) % 5 == 0 ? Canary : Number();

    private static string Mapping(string old) => $"{old},{(old == Canary ? Joined : Number())},2015-08-24,\n";

    private static Task<DeliveryAnswer> ChangesAsync(Story story, byte[] content, int seed) =>
        story.ChangesFileAsync(content, delivery: $"random-{seed}");

    /// <summary>
    /// Good files of every kind with bytes flipped, cut out, doubled and put in, and cut off at the end. The rows of
    /// those without a quotation mark are counted another way too.
    /// </summary>
    [Fact]
    public async Task files_that_were_broken_at_random_lose_no_row()
    {
        var story = await BeginAsync(database);
        var counted = new HashSet<Kind>();
        for (var seed = 1; seed <= (LongRun.IsAsked ? 20_000 : 160); seed++)
        {
            var random = new Random(seed);
            var kind = Kinds[seed % Kinds.Length];
            var content = Broken(kind, random);
            try
            {
                var rows = (await kind.ImportAsync(story, content, seed)).Rows;
                if (LinesOf(content, kind.IsNdjson) is { } lines)
                {
                    rows.Received.ShouldBe(kind.IsNdjson ? lines : lines - 1, $"seed {seed}");
                    counted.Add(kind);
                }
            }
            catch (BadInput refused)
            {
                Clean(refused.Message);
            }
        }

        Kinds.Skip(1).ShouldBeSubsetOf(counted, "all but the one with quotation marks");
        await story.QueueAsync();
    }

    /// <summary>Lines that are not empty, where a line is a row; null where a quotation mark may join lines.</summary>
    private static long? LinesOf(byte[] content, bool isNdjson)
    {
        using var text = new StreamReader(new MemoryStream(content));
        var lines = text.ReadToEnd().Split(isNdjson ? ['\n'] : ['\n', '\r']);
        return isNdjson ? lines.Count(line => !string.IsNullOrWhiteSpace(line))
            : content.Contains((byte)'"') ? null : lines.Count(line => line.Length > 0);
    }

    internal static byte[] Broken(Kind kind, Random random)
    {
        var content = Encoding.UTF8.GetBytes(
            kind.Header + string.Concat(Enumerable.Range(0, 20).Select(kind.Row))).ToList();
        for (var times = random.Next(1, 6); times > 0 && content.Count > 0; times--)
        {
            var (at, length) = (random.Next(content.Count), random.Next(1, 40));
            switch (random.Next(6))
            {
                case 0:
                    content[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    content.RemoveRange(at, Math.Min(length, content.Count - at));
                    break;
                case 2:
                    content.InsertRange(at, content.Skip(at).Take(length).ToList());
                    break;
                case 3:
                    content.Insert(at, (byte)"\"\0,\n\r\uFEFF;="[random.Next(8)]);
                    break;
                case 4:
                    content.InsertRange(at, Enumerable.Repeat((byte)'"', length));
                    break;
                default:
                    content.RemoveRange(at, content.Count - at);
                    content.Add((byte)'\n');
                    break;
            }
        }

        return [.. content];
    }

    private static long Rows(byte[] content) =>
        Encoding.UTF8.GetString(content).Split('\n').Count(line => line.Length > 0) - 1;

    private async Task EachAsync(
        (string Content, string Becomes)[] files, Func<Story, byte[], Task<DeliveryAnswer>> import)
    {
        var wrong = new List<string>();
        for (var no = 0; no < files.Length; no++)
        {
            // A story each: a list has its version there, and no change is known from the file before.
            var (content, expected) = files[no];
            var story = await BeginAsync(database);
            var own = Encoding.UTF8.GetBytes(content.Replace("\ns,", $"\n{story.Incident},")
                .Replace("\"source\":\"s\"", $"\"source\":\"{story.Incident}\""));
            string became;
            try
            {
                var rows = (await import(story, own)).Rows;
                became = $"{rows.Accepted} {rows.Quarantined}";
            }
            catch (BadInput refused)
            {
                Clean(refused.Message);
                became = refused.Message;
            }

            if (became != expected && !(expected.Any(char.IsLetter) && became.Contains(expected)))
            {
                wrong.Add($"{no}: {content[..Math.Min(content.Length, 120)]} became {became}, not {expected}");
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    private static void Clean(string message)
    {
        message.ShouldNotContain(Canary);
        message.ShouldNotContain(Name);
    }
}
