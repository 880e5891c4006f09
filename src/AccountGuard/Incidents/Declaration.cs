using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccountGuard.Incidents;

/// <summary>An incident as it is declared in a JSON file; members that are not known are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Declaration(
    string Id, string Name, string TimeZone, Declaration.CutoffPart Cutoff, Declaration.WindowPart? Window = null,
    int PostDays = 10, string AddressChanges = "link", JsonElement? HoldPolicy = null,
    IReadOnlyList<Declaration.Moment>? Timeline = null)
{
    /// <summary>In days: two pay-days and what lies between, the longest that a verdict should take.</summary>
    public const int LongestHold = 124;

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        PropertyNameCaseInsensitive = false,
    };

    /// <summary>The first exposed day; an incident may have none (Rule 2).</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record WindowPart(DateOnly? From = null);

    /// <summary>The last exposed day: through includes its day, before does not (Rule 2).</summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record CutoffPart(DateOnly? Through = null, DateOnly? Before = null);

    /// <summary>
    /// A line of the timeline (Rule 31): what happened, was learned and was published, each with its own instant.
    /// </summary>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Moment(
        string What, DateTimeOffset? OccurredAt = null, DateTimeOffset? LearnedAt = null,
        DateTimeOffset? PublishedAt = null, string? Source = null);

    [JsonIgnore]
    public DateOnly CutoffThrough => Incidents.Cutoff.Through(Cutoff.Through, Cutoff.Before);

    [JsonIgnore]
    public bool VerifiesAddresses => AddressChanges == "verify";

    /// <summary>The declaration without white space and defaults: the same again is recognised by it.</summary>
    public string Normalised() => JsonSerializer.Serialize(this, Reading);

    /// <exception cref="BadInput">The file is no declaration; the message names the member and the remedy.</exception>
    public static Declaration Read(Stream json)
    {
        Declaration read;
        try
        {
            read = JsonSerializer.Deserialize<Declaration>(json, Reading)
                ?? throw new BadInput("The declaration is empty. "
                    + "It is a JSON object with id, name, timeZone and cutoff.");
        }
        catch (JsonException e)
        {
            throw new BadInput($"The declaration cannot be read at {e.Path ?? "its beginning"}, "
                + $"line {e.LineNumber + 1}: see the members and forms in README.");
        }

        read.Check();
        return read;
    }

    private void Check()
    {
        Require(Id.Length is > 0 and <= 100 && Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
            "id", "letters, digits, '-', '_' and '.', at most 100");
        Require(!string.IsNullOrWhiteSpace(Name), "name", "a name to show");
        // PostgreSQL takes CET, EET, MET and WET for offsets without summer time; no name of a place is one.
        Require(TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) && zone.HasIanaId
            && (TimeZone == "UTC" || TimeZone.Contains('/')), "timeZone", "an IANA name such as Asia/Tokyo, or UTC");
        Require(Cutoff.Through is null != Cutoff.Before is null, "cutoff", "either through or before, as YYYY-MM-DD");
        Require(PostDays is >= 1 and <= 366, "postDays", "1 to 366");
        Require(AddressChanges is "link" or "verify", "addressChanges", "link or verify");
        Require(IsHoldPolicy(HoldPolicy), "holdPolicy",
            $"none, or {{untilDays: 1 to {LongestHold}, payTo: previous or keep}}");
    }

    private static bool IsHoldPolicy(JsonElement? policy) => policy switch
    {
        null => true,
        { ValueKind: JsonValueKind.String } text => text.GetString() == "none",
        { ValueKind: JsonValueKind.Object } set => set.EnumerateObject().Count() == 2
            && set.TryGetProperty("untilDays", out var days) && days.TryGetInt32(out var count)
            && count is > 0 and <= LongestHold
            && set.TryGetProperty("payTo", out var payTo) && payTo.GetString() is "previous" or "keep",
        _ => false,
    };

    private static void Require(bool holds, string member, string form)
    {
        if (!holds)
        {
            throw new BadInput($"The declaration's {member} is not usable. It is {form}.");
        }
    }
}

/// <summary>Rule 2: the cutoff day itself is exposed ("by 1 June" includes 1 June).</summary>
public static class Cutoff
{
    /// <summary>The last exposed day, from either way of saying it.</summary>
    /// <exception cref="BadInput">Both or none are given.</exception>
    public static DateOnly Through(DateOnly? through, DateOnly? before) => (through, before) switch
    {
        ({ } day, null) => day,
        (null, { } day) => day.AddDays(-1),
        _ => throw new BadInput("Say either through (the day is included) or before (it is not)."),
    };
}
