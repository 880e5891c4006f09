namespace AccountGuard.Demonstration;

/// <summary>
/// The declaration of the incident. Days are those of the agency's answers (Q12); times of day are invented.
/// </summary>
internal static class IncidentFile
{
    public const string Incident = "jps-2015";

    private const string Declaration =
        """
        {
          "id": "jps-2015",
          "name": "Leak of pension data at the Japan Pension Service, 2015 (synthetic demonstration)",
          "timeZone": "Asia/Tokyo",
          "window": { "from": "2015-05-08" },
          "cutoff": { "through": "2015-06-01" },
          "postDays": 10,
          "addressChanges": "verify",
          "holdPolicy": "none",
          "timeline": [
            {
              "what": "Unauthorised access detected, the computer cut off",
              "occurredAt": "2015-05-08T09:00:00+09:00",
              "learnedAt": "2015-05-08T12:00:00+09:00",
              "publishedAt": "2015-06-01T17:00:00+09:00",
              "source": "Questions and answers, Q12 (days); times of day synthetic"
            },
            {
              "what": "Further suspicious mails found; the police asked to investigate",
              "occurredAt": "2015-05-19T09:00:00+09:00",
              "learnedAt": "2015-05-19T09:00:00+09:00",
              "publishedAt": "2015-06-01T17:00:00+09:00",
              "source": "Questions and answers, Q12 (days); times of day synthetic"
            },
            {
              "what": "The police told the agency that data had leaked",
              "occurredAt": "2015-05-21T00:00:00+09:00",
              "learnedAt": "2015-05-28T10:00:00+09:00",
              "publishedAt": "2015-06-01T17:00:00+09:00",
              "source": "Questions and answers, Q12 (day of learning); day of the leak and times of day synthetic"
            },
            {
              "what": "The leak published",
              "occurredAt": "2015-06-01T17:00:00+09:00",
              "learnedAt": "2015-06-01T17:00:00+09:00",
              "publishedAt": "2015-06-01T17:00:00+09:00",
              "source": "Questions and answers, Q12 (day); time of day synthetic"
            }
          ]
        }

        """;

    /// <summary>Line ends are LF, whatever the source was checked out with.</summary>
    public static void Write(string path) => File.WriteAllText(path, Declaration.ReplaceLineEndings("\n"));
}
