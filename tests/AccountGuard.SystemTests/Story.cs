using System.Collections.Concurrent;
using System.Text;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Screening;
using AccountGuard.Verification.Queues;

namespace AccountGuard.SystemTests;

/// <summary>A row of a story's queue, in the words of the contract; an empty day is one that is not known.</summary>
public sealed record StoryRow(
    long? Rank, string Id, string Kind, string Reasons, string State, int Tier, int Version, string Filed, string Paid,
    string Source);

/// <summary>
/// An incident of its own with what is delivered for it: the 2015 policy unless said, numbers that nobody else has, and
/// a queue that is reconciled whenever it is read.
/// </summary>
public sealed class Story(Installation at, string folder, Declaration declaration)
{
    private const string ListHeader = "number,name,birth_date,address,action,ref\n";
    private const string ChangesHeader = "source,request_id,kind,number,filed_on,received_on,entered_on\n";
    private const string HoldersHeader = "number,name,kana,birth_date,postal_code,address,address_since,protected,"
        + "died_on,guardian_name,guardian_address";
    private static readonly ConcurrentDictionary<string, Task<Story>> Shared = new();
    private static int _incidents;
    private static int _ids;
    private static int _files;
    private static long _numbers = 1_000_000_000;

    public string Incident => declaration.Id;

    public Declaration Declaration => declaration;

    /// <summary>When what follows is received.</summary>
    public string ReceivedAt { get; set; } = "2015-09-30T09:00:00+09:00";

    private Queue<string> _store = new();

    private DateTimeOffset Now => DateTimeOffset.Parse(ReceivedAt);

    /// <summary>Declares an incident by the policy of 2015, or by what is made of it.</summary>
    public static async Task<Story> BeginAsync(FreshDatabase database, Func<Declaration, Declaration>? policy = null)
    {
        var declaration = new Declaration($"leak-{Interlocked.Increment(ref _incidents)}", "A leak", "Asia/Tokyo",
            new Declaration.CutoffPart(Through: new DateOnly(2015, 6, 1)),
            new Declaration.WindowPart(new DateOnly(2015, 5, 8)));
        var story = new Story(database.At, database.Home, (policy ?? (d => d))(declaration));
        await DeclareIncident.RunAsync(story.At, story.Declaration, story.Now, CancellationToken.None);
        return story;
    }

    /// <summary>
    /// The story that tests of single changes share, since a list takes longer to publish than they do: it has listed
    /// numbers in store, a leaked field beside each, with their alert live from 2 June 2015.
    /// </summary>
    public static Task<Story> OfListedNumbersAsync(FreshDatabase database) =>
        Shared.GetOrAdd(database.Name, async _ =>
        {
            var story = await BeginAsync(database);
            var numbers = FreshNumbers(1_000);
            await story.ListAsync(1, [.. numbers.Select(n => Listed(n, 2))]);
            story._store = new Queue<string>(numbers);
            return story;
        });

    public Installation At { get; } = at;

    /// <summary>A listed number that no test has used.</summary>
    public string ListedNumber() => _store.Dequeue();

    /// <summary>A request id that nobody has yet.</summary>
    public static string Id() => $"R{Interlocked.Increment(ref _ids):D5}";

    /// <summary>A number that nobody has yet.</summary>
    public static string Number() => $"{Interlocked.Increment(ref _numbers):D10}";

    public static string[] FreshNumbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Number())];

    /// <summary>A row that lists a number with as many leaked fields as the tier says.</summary>
    public static string Listed(string number, int tier = 1) =>
        $"{number},{(tier > 1 ? "山田花子" : "")},{(tier > 2 ? "1950-01-02" : "")},{(tier > 3 ? "東京都" : "")},,";

    public static string Withdrawn(string number) => $"{number},,,,withdraw,";

    /// <summary>A version of the story's list; its total is the count of its rows unless totals are declared.</summary>
    public Task<DeliveryAnswer> ListAsync(
        int version, string[] rows, string live = "2015-06-02", bool replaces = false, string? delivery = null,
        ControlTotals? totals = null, string header = ListHeader) =>
        ListFileAsync(version, Encoding.UTF8.GetBytes(header + string.Join('\n', rows) + (rows.Length > 0 ? "\n" : "")),
            totals ?? new ControlTotals(rows.Length, null, null, null, 0), live, replaces, delivery, null);

    public async Task<DeliveryAnswer> ListFileAsync(
        int version, byte[] content, ControlTotals totals, string live = "2015-06-02", bool replaces = false,
        string? delivery = null, string? encoding = null)
    {
        using var file = DeliveredFile.Open(Write(content), encoding);
        return Adds(await ImportList.RunAsync(At, file, new ListOrder(
            Incident, version, DateOnly.Parse(live), totals, replaces, delivery, Now), null, CancellationToken.None));
    }

    /// <summary>A row of a change; the source is the story's own unless said.</summary>
    public string Filed(
        string id, string number, string filed = "", string received = "", string entered = "", string kind = "",
        string? source = null) => $"{source ?? Incident},{id},{kind},{number},{filed},{received},{entered}";

    public string Cancelled(string id, string number) => Filed(id, number, kind: "cancel");

    public Task<DeliveryAnswer> ChangesAsync(params string[] rows) => ChangesAsync(rows, null);

    public Task<DeliveryAnswer> ChangesAsync(string[] rows, string? delivery) =>
        ChangesFileAsync(Encoding.UTF8.GetBytes(ChangesHeader + string.Join('\n', rows) + "\n"), delivery: delivery);

    public async Task<DeliveryAnswer> ChangesFileAsync(
        byte[] content, string? encoding = null, bool isNdjson = false, string? delivery = null)
    {
        using var file = DeliveredFile.Open(Write(content), encoding);
        return Adds(await ImportChanges.RunAsync(At, file, isNdjson, delivery, Now, null, CancellationToken.None));
    }

    public Task<DeliveryAnswer> ChangesTextAsync(string text, bool isNdjson = false) =>
        ChangesFileAsync(Encoding.UTF8.GetBytes(text), null, isNdjson);

    /// <summary>Mappings as old,new[,effective_on[,relation]].</summary>
    public Task<DeliveryAnswer> RenumberAsync(params string[] rows)
    {
        var full = rows.Select(r => r + new string(',', 3 - r.Count(c => c == ',')));
        return RenumberAsync(Encoding.UTF8.GetBytes(
            "old_number,new_number,effective_on,relation\n" + string.Join('\n', full) + "\n"));
    }

    public async Task<DeliveryAnswer> RenumberAsync(byte[] content)
    {
        using var file = DeliveredFile.Open(Write(content), null);
        return Adds(await ImportRenumbering.RunAsync(At, file, null, Now, null, CancellationToken.None));
    }

    /// <summary>What is said of holders, in all columns of the contract or those of a header.</summary>
    public Task<DeliveryAnswer> HoldersAsync(string[] rows, string header = HoldersHeader, string? delivery = null) =>
        HoldersFileAsync(Encoding.UTF8.GetBytes($"{header}\n{string.Join('\n', rows)}\n"), delivery: delivery);

    public async Task<DeliveryAnswer> HoldersFileAsync(
        byte[] content, string? encoding = null, string? delivery = null)
    {
        using var file = DeliveredFile.Open(Write(content), encoding);
        return Adds(await ImportHolders.RunAsync(At, file, delivery, Now, null, CancellationToken.None));
    }

    /// <summary>What the payment system reports, under the source "payer", in all columns of the contract.</summary>
    public Task<DeliveryAnswer> PaymentsAsync(params string[] rows) => PaymentsTextAsync(
        "source,payment_id,number,outcome,pay_day,amount,account,code,on,reason,pays_for\n"
        + string.Concat(rows.Select(row => $"payer,{row}\n")));

    public Task<DeliveryAnswer> PaymentsTextAsync(string text, bool isNdjson = false, string? delivery = null) =>
        PaymentsFileAsync(Encoding.UTF8.GetBytes(text), isNdjson, delivery);

    public async Task<DeliveryAnswer> PaymentsFileAsync(
        byte[] content, bool isNdjson = false, string? delivery = null)
    {
        using var file = DeliveredFile.Open(Write(content), null);
        return Adds(await ImportPayments.RunAsync(At, file, isNdjson, delivery, Now, null, CancellationToken.None));
    }

    public async Task<(long Opened, long Ended)> MoveCutoffAsync(
        int decision, string through, string reason = "decided")
    {
        await MoveCutoff.RunAsync(
            At, Incident, decision, DateOnly.Parse(through), reason, Now, CancellationToken.None);
        return await Publication.FinishAsync(At, null, CancellationToken.None);
    }

    public async Task SetClosingAsync(string payDay, string day)
    {
        await SetClosing.RunAsync(At, DateOnly.Parse(payDay), DateOnly.Parse(day), Now, CancellationToken.None);
        await Publication.FinishAsync(At, null, CancellationToken.None);
    }

    /// <summary>The incident's queue: open rows, or those of a state, after all is published and reconciled.</summary>
    public async Task<IReadOnlyList<StoryRow>> QueueAsync(string? state = null)
    {
        await Publication.FinishAsync(At, null, CancellationToken.None);
        var found = await Reconcile.RunAsync(At, Incident, CancellationToken.None);
        found.IsClean.ShouldBeTrue($"The queue does not reconcile: {found}");
        var rows = new List<StoryRow>();
        await foreach (var r in Queue.ReadAsync(At, Incident, state, CancellationToken.None))
        {
            r.Incident.ShouldBe(Incident);
            rows.Add(new StoryRow(r.Rank, r.RequestId, r.Kind, r.Reasons, r.State, r.Tier, r.ListVersion,
                $"{r.FiledOn:yyyy-MM-dd}", $"{r.ExposedOn:yyyy-MM-dd}", r.Source));
        }

        return rows;
    }

    /// <summary>Request ids of the open queue, in its order.</summary>
    public async Task<string[]> IdsAsync(string? state = null) => [.. (await QueueAsync(state)).Select(r => r.Id)];

    /// <summary>Request ids of the open queue, in its order, each with its reasons.</summary>
    public async Task<string[]> ReasonsAsync() => [.. (await QueueAsync()).Select(r => $"{r.Id}: {r.Reasons}")];

    /// <summary>
    /// What a change of a listed number with these days, received at an instant, is queued for; an empty text where it
    /// is not queued.
    /// </summary>
    public async Task<string> ReasonsOfAsync(
        string filed = "", string received = "", string entered = "", string at = "2015-09-30T09:00:00+09:00")
    {
        (var id, ReceivedAt) = (Id(), at);
        var answer = await ChangesAsync(Filed(id, ListedNumber(), filed, received, entered));
        answer.Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        return (await RowAsync(id))?.Reasons ?? "";
    }

    /// <summary>The open row of a request id; null where it is not queued.</summary>
    public async Task<StoryRow?> RowAsync(string id) => (await QueueAsync()).SingleOrDefault(r => r.Id == id);

    /// <summary>The one row of the open queue.</summary>
    public async Task<StoryRow> OnlyRowAsync() => (await QueueAsync()).ShouldHaveSingleItem();

    /// <summary>Codes of the rows of a delivery that wait in quarantine.</summary>
    public async Task<string[]> WaitingAsync(DeliveryAnswer delivery) =>
        [.. (await ListDeliveries.WaitingAsync(At, $"{delivery.Delivery}", CancellationToken.None))
            .Select(r => r.Code)];

    /// <summary>A file in the database's folder, under a name that tells nothing.</summary>
    public string Write(byte[] content)
    {
        var path = Path.Combine(folder, $"delivered-{Interlocked.Increment(ref _files)}");
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Rule 7, of every delivery of every story: no row is lost.</summary>
    private static DeliveryAnswer Adds(DeliveryAnswer answer)
    {
        var rows = answer.Rows;
        (rows.Accepted + rows.Duplicates + rows.Quarantined).ShouldBe(rows.Received);
        return answer;
    }
}
