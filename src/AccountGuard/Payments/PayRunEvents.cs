namespace AccountGuard.Payments;

/// <summary>
/// A payment file was split by where its payments stood when the run was screened (Rule 19); the digests are SHA-256.
/// </summary>
public sealed record PayRunScreened(
    long Run, DateOnly PayDay, string InputSha256, ScreenedPart Clear, ScreenedPart Pending, ScreenedPart Hold,
    ScreenedPart Unknown, long AsOfEvent, string ScreenedBy, DateTimeOffset ScreenedAt);

/// <summary>One of the four files of a pay-run.</summary>
public sealed record ScreenedPart(int Count, long Amount, string Sha256);
