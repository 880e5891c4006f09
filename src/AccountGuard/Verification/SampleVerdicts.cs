using AccountGuard.Identity;
using AccountGuard.Incidents;
using AccountGuard.Verification.Queues;
using Npgsql;

namespace AccountGuard.Verification;

/// <summary>A piece of evidence as its event recorded it: without personal data, as all events are.</summary>
public sealed record SampledEvidence(string What, object Recorded);

/// <summary>The last verdict of a case that ended: who, when, on which evidence, approved by whom (Rule 14).</summary>
public sealed record SampledVerdict(
    string Source, string RequestId, Verdict Verdict, Caller ProposedBy, DateTimeOffset ProposedAt,
    IReadOnlyList<SampledEvidence> Evidence, Caller ApprovedBy, DateTimeOffset ApprovedAt);

/// <summary>The sample; drawn again with its seed it is the same, as long as no other case ends.</summary>
public sealed record VerdictSample(string Seed, IReadOnlyList<SampledVerdict> Verdicts);

/// <summary>Draws cases that ended by a verdict, for an audit of what they were closed on.</summary>
public static class SampleVerdicts
{
    /// <param name="incident">Null: of all incidents.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="seed">What the draw depends on.</param>
    /// <exception cref="BadInput">No such incident is declared.</exception>
    public static async Task<VerdictSample> RunAsync(
        Installation at, string? incident, int count, string seed, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        var incidentNo = incident is null ? 0 : await Incident.FindAsync(connection, incident, cancel);
        var drawn = new List<(Guid Change, string Source, string RequestId)>();
        await using (var draw = new NpgsqlCommand(
            """
            select c.change_id, c.source, c.request_id
            from verification v join account_change c on c.change_id = v.change_id
            where v.state = any (@ended) and exists (
                select from hit h where h.change_id = v.change_id and @incident in (0, h.incident_no))
            order by sha256(convert_to(@seed || v.change_id, 'UTF8'))
            """, connection))
        {
            draw.Parameters.AddWithValue("ended", Queue.EndedStates);
            draw.Parameters.AddWithValue("incident", incidentNo);
            draw.Parameters.AddWithValue("seed", seed);
            await using var row = await draw.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                drawn.Add((row.GetGuid(0), row.GetString(1), row.GetString(2)));
            }
        }

        var verdicts = new List<SampledVerdict>();
        await using var session = at.Events.LightweightSession();
        foreach (var (change, source, requestId) in drawn)
        {
            if (verdicts.Count >= count)
            {
                break;
            }

            // A case may end by facts alone, without a verdict.
            var events = await session.Events.FetchStreamAsync(change, token: cancel);
            if (VerdictStory.Of([.. events.Select(e => e.Data)]).LastOrDefault() is { } story)
            {
                verdicts.Add(new SampledVerdict(
                    source, requestId, story.Approved.Verdict, story.Proposed.Auditor, story.Proposed.ProposedAt,
                    [.. story.Evidence.Select(e => new SampledEvidence(e.GetType().Name, e))],
                    story.Approved.Approver, story.Approved.ApprovedAt));
            }
        }

        return new VerdictSample(seed, verdicts);
    }
}
