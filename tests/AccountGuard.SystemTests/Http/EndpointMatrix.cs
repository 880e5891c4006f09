using System.Net;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using AccountGuard.SystemTests.Pages;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Recalls;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Http;

/// <summary>
/// What every endpoint answers to everybody of everything: who asks, and whose the thing is that they ask for. An
/// endpoint of the running service, or a form on one of its pages, that has no row here fails.
/// </summary>
public sealed partial class EndpointMatrix(Served service) : IClassFixture<Served>
{
    private const string VerdictForm = "POST /cases/{id:guid}/verdict/{action}";

    /// <summary>
    /// The columns are the roles, and who has none. Rows of one endpoint differ in the object: mine is the auditor's,
    /// or the payment system's; a run has ended where its file is not kept. They are asked in this order, by
    /// the auditor first: a batch of letters goes its way. FORMS: see below.
    /// </summary>
    private const string Everyone = """
        asked | object | incident-manager intake auditor approver counter call-centre compliance payment-system nobody
        PUT /api/incidents/{id}               | new              | 201 403 403 403 403 403 403 403 401
        PUT /api/incidents/{id}               | the same         | 200 403 403 403 403 403 403 403 401
        PUT /api/incidents/{id}               | other content    | 409 403 403 403 403 403 403 403 401
        POST /api/incidents/{id}/cutoff       | there            | 200 403 403 403 403 403 403 403 401
        POST /api/incidents/{id}/cutoff       | none             | 404 403 403 403 403 403 403 403 401
        POST /api/incidents/{id}/lists        | there            | 201 403 403 403 403 403 403 403 401
        POST /api/incidents/{id}/lists        | none             | 404 403 403 403 403 403 403 403 401
        POST /api/account-changes             | own source       | 403 201 403 403 403 403 403 403 401
        POST /api/account-changes             | another's source | 403 422 403 403 403 403 403 403 401
        POST /api/renumberings                | all              | 200 403 403 403 403 403 403 403 401
        POST /api/holders                     | all              | 200 403 403 403 403 403 403 403 401
        GET /api/deliveries                   | all              | 200 200 403 403 403 403 403 403 401
        GET /api/deliveries/{id:long}/quarantine | mine          | 200 200 403 403 403 403 403 403 401
        GET /api/deliveries/{id:long}/quarantine | another's     | 200 404 403 403 403 403 403 403 401
        GET /api/deliveries/{id:long}/quarantine | none          | 404 404 403 403 403 403 403 403 401
        GET /api/cases                        | there            | 403 403 200 200 403 403 200 403 401
        GET /api/cases                        | none             | 403 403 404 404 403 403 404 403 401
        GET /api/payments/pay-days            | all              | 403 403 403 403 403 403 403 200 401
        POST /api/payments/standing           | all              | 403 403 403 403 403 403 403 200 401
        POST /api/payments/restorations       | none             | 403 403 403 403 403 403 403 404 401
        POST /api/payments/results            | all              | 403 403 403 403 403 403 403 200 401
        POST /api/payments/story              | all              | 403 403 200 403 403 403 200 403 401
        POST /api/payments/runs               | no such file     | 403 403 403 403 403 403 403 400 401
        GET /api/payments/runs/key            | all              | 403 403 403 403 403 403 200 200 401
        GET /api/payments/runs/{id:long}/clear | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/clear | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/clear | ended | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/clear | none | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/pending | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/pending | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/pending | ended | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/pending | none | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/hold | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/hold | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/hold | ended | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/hold | none | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/unknown | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/unknown | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/unknown | ended | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/unknown | none | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/summary | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/summary | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/summary | ended | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/summary | none | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/signature | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/signature | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/signature | ended | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/signature | none | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/changes | mine | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/changes | another's | 403 403 403 403 403 403 403 200 401
        GET /api/payments/runs/{id:long}/changes | ended | 403 403 403 403 403 403 403 404 401
        GET /api/payments/runs/{id:long}/changes | none | 403 403 403 403 403 403 403 404 401
        GET /                                 | all              | 200 200 302 302 200 302 302 200 302
        GET /cases                            | there            | 403 403 200 200 403 403 200 403 302
        GET /cases                            | none             | 403 403 404 404 403 403 404 403 302
        GET /cases/{id:guid}                  | mine             | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}                  | another's        | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}                  | nobody's         | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}                  | keyed by me      | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}                  | ended            | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}                  | protected        | 403 403 403 403 403 403 403 403 302
        GET /cases/{id:guid}                  | none             | 403 403 404 404 403 403 404 403 302
        POST /cases/next                      | there            | 403 403 302 403 403 403 403 403 302
        POST /cases/next                      | none             | 403 403 404 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | mine            | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | another's       | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | nobody's        | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | keyed by me     | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | ended           | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | protected       | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/{action}         | none            | 403 403 FORMS 403 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | mine            | 403 403 403 FORMS 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | another's       | 403 403 403 FORMS 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | nobody's        | 403 403 403 FORMS 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | keyed by me     | 403 403 403 FORMS 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | ended           | 403 403 403 FORMS 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | protected       | 403 403 403 FORMS 403 403 403 403 302
        POST /cases/{id:guid}/verdict/{action} | none            | 403 403 403 FORMS 403 403 403 403 302
        GET /cases/find                       | all              | 403 403 200 200 403 403 200 403 302
        POST /cases/find                      | no number        | 403 403 400 400 403 403 400 403 302
        GET /cases/events                     | all              | 403 403 200 200 403 403 200 403 302
        POST /cases/several                   | nothing chosen   | 403 403 400 403 403 403 403 403 302
        GET /cases/several/{id:guid} | mine | 403 403 200 404 403 403 403 403 302
        GET /cases/several/{id:guid} | the approver's | 403 403 404 200 403 403 403 403 302
        GET /cases/several/{id:guid} | another's | 403 403 404 404 403 403 403 403 302
        GET /cases/several/{id:guid} | ended | 403 403 200 404 403 403 403 403 302
        GET /cases/several/{id:guid} | none | 403 403 404 404 403 403 403 403 302
        POST /cases/several/{id:guid} | mine | 403 403 409 404 403 403 403 403 302
        POST /cases/several/{id:guid} | the approver's | 403 403 404 409 403 403 403 403 302
        POST /cases/several/{id:guid} | another's | 403 403 404 404 403 403 403 403 302
        POST /cases/several/{id:guid} | ended | 403 403 409 404 403 403 403 403 302
        POST /cases/several/{id:guid} | none | 403 403 404 404 403 403 403 403 302
        POST /cases/several/{id:guid}/approval | mine | 403 403 403 302 403 403 403 403 302
        POST /cases/several/{id:guid}/approval | another's | 403 403 403 302 403 403 403 403 302
        POST /cases/several/{id:guid}/approval | not at its end | 403 403 403 404 403 403 403 403 302
        POST /cases/several/{id:guid}/approval | ended | 403 403 403 302 403 403 403 403 302
        POST /cases/several/{id:guid}/approval | none | 403 403 403 404 403 403 403 403 302
        GET /cases/{id:guid}/exhibits/{exhibit:guid} | mine | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}/exhibits/{exhibit:guid} | another's | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}/exhibits/{exhibit:guid} | ended | 403 403 200 200 403 403 200 403 302
        GET /cases/{id:guid}/exhibits/{exhibit:guid} | protected | 403 403 403 403 403 403 403 403 302
        GET /cases/{id:guid}/exhibits/{exhibit:guid} | another case's | 403 403 404 404 403 403 404 403 302
        GET /cases/{id:guid}/exhibits/{exhibit:guid} | none | 403 403 404 404 403 403 404 403 302
        POST /cases/{id:guid}/drafts/discard | mine | 403 403 302 302 403 403 403 403 302
        POST /cases/{id:guid}/drafts/discard | another's | 403 403 302 302 403 403 403 403 302
        POST /cases/{id:guid}/drafts/discard | ended | 403 403 302 302 403 403 403 403 302
        POST /cases/{id:guid}/drafts/discard | none | 403 403 302 302 403 403 403 403 302
        GET /letters                          | all              | 403 403 200 200 403 403 403 403 302
        POST /letters/batches                 | no order waits   | 403 403 302 403 403 403 403 403 302
        GET /letters/{number:long} | mine | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long} | another's | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long} | ended | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long} | none | 403 403 404 404 403 403 403 403 302
        POST /letters/{number:long}/release | mine | 403 403 409 302 403 403 403 403 302
        POST /letters/{number:long}/release | another's | 403 403 302 409 403 403 403 403 302
        POST /letters/{number:long}/release | ended | 403 403 409 409 403 403 403 403 302
        POST /letters/{number:long}/release | none | 403 403 404 404 403 403 403 403 302
        GET /letters/{number:long}/letters.pdf | mine | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long}/letters.pdf | another's | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long}/letters.pdf | ended | 403 403 404 404 403 403 403 403 302
        GET /letters/{number:long}/letters.pdf | none | 403 403 404 404 403 403 403 403 302
        GET /letters/{number:long}/manifest.csv | mine | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long}/manifest.csv | another's | 403 403 200 200 403 403 403 403 302
        GET /letters/{number:long}/manifest.csv | ended | 403 403 404 404 403 403 403 403 302
        GET /letters/{number:long}/manifest.csv | none | 403 403 404 404 403 403 403 403 302
        POST /letters/{number:long}/posted | mine | 403 403 302 302 403 403 403 403 302
        POST /letters/{number:long}/posted | another's | 403 403 302 302 403 403 403 403 302
        POST /letters/{number:long}/posted | ended | 403 403 409 409 403 403 403 403 302
        POST /letters/{number:long}/posted | none | 403 403 404 404 403 403 403 403 302
        POST /letters/{number:long}/stop | mine | 403 403 302 409 403 403 403 403 302
        POST /letters/{number:long}/stop | another's | 403 403 302 409 403 403 403 403 302
        POST /letters/{number:long}/stop | ended | 403 403 409 409 403 403 403 403 302
        POST /letters/{number:long}/stop | none | 403 403 404 404 403 403 403 403 302
        POST /letters/{number:long}/stop-answer | mine | 403 403 302 409 403 403 403 403 302
        POST /letters/{number:long}/stop-answer | another's | 403 403 302 409 403 403 403 403 302
        POST /letters/{number:long}/stop-answer | ended | 403 403 409 409 403 403 403 403 302
        POST /letters/{number:long}/stop-answer | none | 403 403 404 404 403 403 403 403 302
        GET /letters/reference                | all              | 403 403 200 200 403 200 403 403 302
        POST /letters/reference               | no reference     | 403 403 400 400 403 400 403 403 302
        GET /payments                         | all              | 403 403 200 200 403 403 200 403 302
        GET /payments/runs/{id:long}/changes | mine | 403 403 200 200 403 403 200 403 302
        GET /payments/runs/{id:long}/changes | another's | 403 403 200 200 403 403 200 403 302
        GET /payments/runs/{id:long}/changes | ended | 403 403 404 404 403 403 404 403 302
        GET /payments/runs/{id:long}/changes | none | 403 403 404 404 403 403 404 403 302
        GET /recalls                          | all              | 403 403 200 200 403 403 200 403 302
        POST /sign-out                        | all              | 302 302 302 302 302 302 302 302 302
        GET /language                         | all              | 302 302 302 302 302 302 302 302 302
        GET /development/authorize            | all              | 400 400 400 400 400 400 400 400 400
        POST /development/authorize           | all              | 400 400 400 400 400 400 400 400 400
        GET /api/health/live                  | all              | 200 200 200 200 200 200 200 200 200
        GET /api/health/ready                 | all              | 200 200 200 200 200 200 200 200 200
        GET /api/openapi.json                 | all              | 200 200 200 200 200 200 200 200 200
        GET /api/docs/{documentName?}         | all              | 200 200 200 200 200 200 200 200 200
        GET /api/docs/favicon.svg             | all              | 200 200 200 200 200 200 200 200 200
        GET /api/docs/scalar.aspnetcore.js    | all              | 200 200 200 200 200 200 200 200 200
        GET /api/docs/scalar.js               | all              | 200 200 200 200 200 200 200 200 200
        """;

    /// <summary>
    /// What the one role that a form is for may do with it, by the case. Of an auditor: mine is claimed by me and has
    /// my entries, nobody's was left by a colleague. Of an approver: mine is proposed by me under another login,
    /// another's by a colleague. Protected: its holder is, and neither has the role for it. Done, or refused and why.
    /// </summary>
    private const string Forms = """
        form            | mine        | another's      | nobody's    | keyed by me    | ended       | protected | none
        claim           | done        | TakenByAnother | done        | KeyedTheChange | HasEnded    | 403       | 404
        leave           | done        | NotYours       | done        | done           | done        | 403       | 404
        hand-over       | done | NotYoursToGive | NotYoursToGive | KeyedTheChange | HasEnded | 403 | 404
        snooze          | done        | NotYours       | NotYours    | NotYours       | HasEnded    | 403       | 404
        note            | done        | done           | done        | done           | done        | 403       | 404
        letter          | done        | done           | done        | done           | HasEnded    | 403       | 404
        letter-sent     | done        | done           | done        | KeyedTheChange | done        | 403       | 404
        letter-answered | done        | done           | done        | KeyedTheChange | done        | 403       | 404
        letter-returned | done        | done           | done        | done           | done        | 403       | 404
        visit           | done        | done           | done        | done           | HasEnded    | 403       | 404
        visit-failed    | done        | done           | done        | done           | done        | 403       | 404
        meeting         | done        | done           | done        | KeyedTheChange | done        | 403       | 404
        call            | done        | done           | done        | done           | done        | 403       | 404
        suspicion       | done        | done           | done        | done           | done        | 403       | 404
        referral        | done        | done           | done        | KeyedTheChange | done        | 403       | 404
        take-back       | done        | NotYours       | NotYours    | NotYours       | RestedOn    | 403       | 404
        propose         | done        | NotYours       | NotYours    | KeyedTheChange | HasEnded    | 403       | 404
        reopen          | IsOpen      | IsOpen         | IsOpen      | IsOpen         | done        | 403       | 404
        hold            | done        | done           | done        | KeyedTheChange | HasEnded    | 403       | 404
        hold-release    | done        | done           | done        | KeyedTheChange | NoSuchEntry | 403       | 404
        recall          | NotDenied   | NotDenied      | NotDenied   | KeyedTheChange | done        | 403       | 404
        recall-answer   | NoSuchEntry | NoSuchEntry    | NoSuchEntry | KeyedTheChange | done        | 403       | 404
        replacement     | NotDenied   | NotDenied      | NotDenied   | KeyedTheChange | done        | 403       | 404
        nothing         | 404         | 404            | 404         | 404            | 404         | 404       | 404
        verdict/approve | OwnProposal | done | ProposalGone | KeyedTheChange | ProposalGone | 403 | 404
        verdict/send-back | OwnProposal | done | ProposalGone | KeyedTheChange | ProposalGone | 403 | 404
        verdict/reassign | AwaitsApproval | AwaitsApproval | done | KeyedTheChange | HasEnded | 403 | 404
        verdict/approve-hold | OwnProposal | done | ProposalGone | KeyedTheChange | ProposalGone | 403 | 404
        verdict/send-back-hold | OwnProposal | done | ProposalGone | KeyedTheChange | ProposalGone | 403 | 404
        verdict/approve-replacement | ProposalGone | ProposalGone | ProposalGone | ProposalGone | done | 403 | 404
        verdict/nothing | 404 | 404 | 404 | 404 | 404 | 404 | 404
        """;

    private static readonly string[] Columns =
        ["mine", "another's", "nobody's", "keyed by me", "ended", "protected", "none"];

    /// <summary>Whose a thing is that a route names. Incidents are nobody's, and a delivery does not end.</summary>
    private static readonly string[] Objects = ["mine", "another's", "ended", "none"],
        OfNobody = ["/api/incidents/{id}", "/api/docs/"], Endless = ["/api/deliveries/"];

    private readonly Dictionary<string, (HttpClient Browser, string Token)> _people = [];
    private IReadOnlyDictionary<(string What, string Of), string> _things =
        new Dictionary<(string What, string Of), string>();
    private readonly Dictionary<string, long> _deliveries = new() { ["none"] = 1L << 40 };

    private static IEnumerable<string[]> Rows(string table) => table.Split('\n').Skip(1)
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries));

    /// <summary>Each endpoint, as the service that runs says it.</summary>
    private string[] Endpoints =>
    [
        .. from endpoint in service.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
               .OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           select $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}",
    ];

    [Fact]
    public void every_endpoint_has_its_rows() => Rows(Everyone).Select(row => row[0]).Distinct().Order()
        .ShouldBe(Endpoints.Order(), "Add rows for a new endpoint to the table, and what it answers to whom.");

    [Fact]
    public void what_a_route_names_is_asked_for_as_mine_anothers_ended_and_none()
    {
        var missing =
            from rows in Rows(Everyone).GroupBy(row => row[0], row => row[1])
            where rows.Key.Contains('{') && !OfNobody.Any(rows.Key.Contains)
            from of in Objects
            where !rows.Contains(of) && (of != "ended" || !Endless.Any(rows.Key.Contains))
            select $"{rows.Key}, {of}";
        missing.ShouldBeEmpty("Add these rows, and what they are asked of.");
    }

    [Fact]
    public async Task everybody_is_answered_of_everything_what_the_table_says()
    {
        var subjects = new MatrixSubjects(service);
        await subjects.FillAsync();
        foreach (var role in Role.All)
        {
            _people[role] = await SignInAsync(role);
        }

        _deliveries["mine"] = await DeliveryOfAsync(Role.Intake);
        _deliveries["another's"] = await DeliveryOfAsync(Role.IncidentManager);
        await OnceReadyAsync();
        var made = new Dictionary<(bool IsVerdict, string Column), Subject>();
        foreach (var column in Columns)
        {
            made[(false, column)] = await subjects.MakeAsync(column, forApproval: false);
            made[(true, column)] = await subjects.MakeAsync(column, forApproval: true);
        }

        _things = await subjects.MakeThingsAsync(
            Columns.ToDictionary(column => column, column => made[(false, column)]));
        var (before, found) = (await subjects.CountEventsAsync(), new List<string>());
        foreach (var row in Rows(Everyone))
        {
            var wanted = row[2].Split(' ');
            wanted.Length.ShouldBe(Role.All.Length + 1, row[0]);
            foreach (var (role, status) in Role.All.Cast<string?>().Append(null).Zip(wanted))
            {
                if (status == "FORMS")
                {
                    continue;
                }

                var subject = made.GetValueOrDefault((row[0] == VerdictForm, row[1])) ?? Subject.None;
                using var answer = await AskAsync(row[0], row[1], role, subject);
                if ($"{(int)answer.StatusCode}" != status)
                {
                    found.Add($"{role ?? "nobody"}: {row[0]}, {row[1]}: {status} became {(int)answer.StatusCode}");
                }
            }
        }

        found.ShouldBeEmpty();

        // Who takes the next case takes one; nobody else did anything to any.
        (await subjects.CountEventsAsync()).ShouldBe(before + 1);
        (await subjects.DraftsAsync()).ShouldBe(1, "another's draft is not discarded");
        await FormsAsync(subjects);
    }

    /// <summary>Each cell on a case of its own.</summary>
    private async Task FormsAsync(MatrixSubjects subjects)
    {
        var (found, onPages) = (new List<string>(), new HashSet<string>());
        foreach (var row in Rows(Forms))
        {
            var isVerdict = row[0].StartsWith("verdict/");
            var (browser, token) = _people[isVerdict ? Role.Approver : Role.Auditor];
            foreach (var (column, wanted) in Columns.Zip(row.Skip(1)))
            {
                var subject = await subjects.MakeAsync(column, isVerdict);
                using var page = await browser.GetAsync($"/cases/{subject.Id}");
                onPages.UnionWith(FormOfACase().Matches(await page.Content.ReadAsStringAsync())
                    .Select(m => m.Groups[1].Value));
                using var answer = await browser.PostAsync($"/cases/{subject.Id}/{row[0]}", FieldsOf(
                    row[0].EndsWith("-hold") ? subject with { Proposal = subject.Hold }
                        : row[0].EndsWith("-replacement") ? subject with { Proposal = subject.Replacement }
                        : subject, token, row[0] is "recall-answer" or "letter-sent" or "referral" ? "shelf 7" : ""));
                var became = await OutcomeAsync(answer);
                if (became != wanted)
                {
                    found.Add($"{row[0]}, {column}: {wanted} became {became}");
                }
            }
        }

        found.ShouldBeEmpty();
        onPages.Order().ShouldBe(
            Rows(Forms).Select(row => row[0]).Where(form => !form.EndsWith("nothing")).Order(),
            "Add a row for a new form to the table, and what it answers of which case.");
    }

    private static async Task<string> OutcomeAsync(HttpResponseMessage answer) => (int)answer.StatusCode switch
    {
        302 when answer.Headers.Location!.OriginalString.EndsWith("?done=true") => "done",
        409 when WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()) is var page =>
            $"{Enum.GetValues<Refusal>().Single(refusal => Refused().Match(page).Value.Contains(refusal.Sentence()))}",
        var other => $"{other}",
    };

    /// <summary>Fields of all forms; each takes its own.</summary>
    private static FormUrlEncodedContent FieldsOf(
        Subject subject, string token, string paper = "", Dictionary<string, string>? instead = null) =>
        new(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = token,
            ["entry"] = $"{Guid.NewGuid()}",
            ["note"] = "as the matrix says",
            ["on"] = Today,
            ["until"] = Today,
            ["to"] = "kunieda",
            ["to-person"] = "P8",
            ["letter"] = $"{subject.Letter}",
            ["said"] = $"{Intent.Confirmed}",
            ["means"] = $"{ContactMeans.Visit}",
            ["visit"] = $"{subject.Visit}",
            ["place"] = $"{MeetingPlace.Counter}",
            ["met"] = $"{PersonMet.Holder}",
            ["paper"] = $"{PaperKind.Passport}",
            ["suspicion"] = $"{Suspicion.MoneyLost}",
            ["referred-to"] = $"{ReferredTo.Police}",
            ["taken"] = $"{subject.Meeting}",
            ["verdict"] = $"{Verdict.Confirmed}",
            ["proposal"] = $"{subject.Proposal}",
            ["hold"] = $"{subject.Hold}",
            ["payment"] = $"{subject.Payment}",
            ["recall"] = $"{subject.Recall}",
            ["outcome"] = $"{RecallState.ConsentGiven}",
            ["amount"] = "1",
            ["due"] = Today,
            ["reference"] = paper,
            ["reason"] = $"{HoldReason.FraudSuspected}",
            ["pay-to"] = $"{PayTo.Keep}",
            ["through"] = Today,
            ["incident"] = MatrixSubjects.Incident,
        }.Where(field => instead?.ContainsKey(field.Key) != true).Concat(instead ?? []));

    /// <summary>The first that a role sees: the list is older than the changes.</summary>
    private async Task<long> DeliveryOfAsync(string role)
    {
        using var caller = service.As(role);
        return (await caller.GetAsync("/api/deliveries").BodyAsync(HttpStatusCode.OK)).EnumerateArray()
            .Last().Of<long>("delivery");
    }

    private async Task OnceReadyAsync()
    {
        using var anyone = service.As(null);
        while (!(await anyone.GetAsync("/api/health/ready")).IsSuccessStatusCode)
        {
        }
    }

    private HttpClient Stranger(CookieContainer? cookies = null) =>
        new(new KeptPages(new HttpClientHandler
        {
            CookieContainer = cookies ?? new CookieContainer(),
            AllowAutoRedirect = false,
        }))
        { BaseAddress = new Uri(service.App.Urls.First()), DefaultRequestHeaders = { { "Accept-Language", "en" } } };

    /// <summary>A browser that follows no redirect, and the token of its forms.</summary>
    private async Task<(HttpClient Browser, string Token)> SignInAsync(string role)
    {
        using var following = service.Browser(out var cookies);
        using var first = await service.SignInAsync(following, "/", role);
        var token = FormToken().Match(await first.Content.ReadAsStringAsync()).Groups[1].Value;
        return (Stranger(cookies), token);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("action=\"/cases/[0-9a-f-]{36}/([a-z/-]+)\"")]
    private static partial Regex FormOfACase();

    [GeneratedRegex("id=\"refused\".*?</div>", RegexOptions.Singleline)]
    private static partial Regex Refused();

    private static string Today => $"{TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(),
        TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")):yyyy-MM-dd}";

    private async Task<HttpResponseMessage> AskAsync(string asked, string of, string? role, Subject subject)
    {
        var (method, pattern) = (asked.Split(' ')[0], asked.Split(' ')[1]);
        var isThere = of != "none";
        var incident = isThere ? MatrixSubjects.Incident : "nowhere";
        var path = pattern switch
        {
            "/api/incidents/{id}" => $"/api/incidents/{(of == "new" ? $"new-{Guid.NewGuid():N}" : "again")}",
            "/api/incidents/{id}/cutoff" => $"/api/incidents/{incident}/cutoff",
            "/api/incidents/{id}/lists" =>
                $"/api/incidents/{incident}/lists?version=2&liveFrom=2015-06-14&records=1",
            "/api/deliveries/{id:long}/quarantine" => $"/api/deliveries/{_deliveries[of]}/quarantine",
            "/api/cases" or "/cases" => $"{pattern}?incident={incident}",
            "/language" => "/language?to=en",
            "/cases/{id:guid}/exhibits/{exhibit:guid}" =>
                $"/cases/{Thing("exhibit", $"{Guid.NewGuid()}/exhibits/{Guid.NewGuid()}")}",
            _ when pattern.StartsWith("/cases/several/") => pattern.Replace("{id:guid}", Thing(
                pattern.EndsWith("approval") ? "holds" : "work", $"{Guid.NewGuid()}")),
            _ => pattern.Replace("{id:guid}", $"{subject.Id}").Replace("{documentName?}", "")
                .Replace("{action}", "note").Replace("{number:long}", Thing("batch", "999"))
                .Replace("{id:long}", Thing("run", "999")),
        };
        string Thing(string what, string none) => _things.GetValueOrDefault((what, of), none);

        if (!path.StartsWith("/api"))
        {
            // Signing out ends the session, so it is another one.
            var (browser, token) = role is null ? (Stranger(), "") : pattern == "/sign-out" ? await SignInAsync(role)
                : _people[role];
            return await browser.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)
            {
                Content = method == "GET" ? null : pattern.StartsWith("/cases/next")
                    ? new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("incident", incident)])
                    : FieldsOf(subject, token, instead: pattern.Split('/')[^1] switch
                    {
                        "discard" => new() { ["entry"] = Thing("draft", $"{Guid.NewGuid()}") },
                        "stop" => new() { ["reason"] = $"{StopReason.Other}" },
                        "stop-answer" => new() { ["outcome"] = $"{StopState.Confirmed}" },
                        _ => [],
                    }),
            }, HttpCompletionOption.ResponseHeadersRead);
        }

        using var caller = role == Role.Intake ? service.AsIntake(Role.Intake, MatrixSubjects.Source)
            : service.As(role);
        return await caller.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = (method, pattern) switch
            {
                ("GET", _) => null,
                (_, "/api/incidents/{id}") => Json(MatrixSubjects.Declaration(
                    path.Split('/')[^1], of == "other content" ? "Another" : "A leak")),
                (_, "/api/incidents/{id}/cutoff") =>
                    Json(new { decision = 1, through = "2015-06-01", reason = "as before" }),
                (_, "/api/incidents/{id}/lists") => Csv("number\n0000-999934\n"),
                (_, "/api/account-changes") => Json(new
                {
                    source = of == "own source" ? MatrixSubjects.Source : "elsewhere",
                    request_id = $"{Guid.NewGuid()}",
                    number = "0000-999934",
                }),
                (_, "/api/renumberings") => Csv("old_number,new_number,effective_on\n"),
                (_, "/api/holders") => Csv("number,name\n"),
                (_, "/api/payments/restorations") => Json(
                    new { source = "nowhere", requestId = "R1", restoredAt = "2015-06-20T10:00:00+09:00" }),
                (_, "/api/payments/results") => Csv("source,payment_id,number,outcome\n"),
                (_, "/api/payments/story") => Json(new { number = "0000-999934", purpose = "CaseWork" }),
                (_, "/api/payments/runs") => new StringContent("no payment file"),
                (_, "/api/payments/standing") => Json(new { payDay = "2015-06-15", numbers = new[] { "0000-999934" } }),
                _ => throw new InvalidOperationException($"What is sent to {asked}?"),
            },
        });
    }
}
