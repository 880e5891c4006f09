using AccountGuard.Pages;
using AccountGuard.Vault;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Serilog;

namespace AccountGuard.Http;

/// <summary>
/// Errors as problem details (RFC 9457) with a stable type; README lists the types. A detail is one of our sentences
/// and quotes no personal data.
/// </summary>
public sealed class Problems : IExceptionHandler
{
    public const string TypePrefix = "urn:accountguard:problem:";

    private const string ProviderIsAway =
        "The identity provider does not answer. Nothing was changed. Load the page again in a minute.";

    // Microsoft.IdentityModel's mark of a provider whose metadata cannot be fetched.
    private const string NoProvider = "IDX20803";

    private static readonly Dictionary<int, (string Type, string Detail)> Known = new()
    {
        [400] = ("invalid", "The request cannot be read: see its form in the OpenAPI description."),
        [401] = ("unauthenticated", "A valid token is needed: send Authorization: Bearer TOKEN."),
        [403] = ("forbidden", "None of the token's roles may do this."),
        [404] = ("not-found", "There is nothing under this address."),
        [405] = ("method-not-allowed", "The address does not know this method."),
        [408] = ("too-slow", "The request did not arrive in time. Nothing was taken in: send it again."),
        [409] = ("other-content", "The same was here before with other content."),
        [413] = ("too-large", "The request is larger than the limit of its route. Nothing was taken in: split it."),
        [415] = ("wrong-content-type", "The route takes other content types: see the OpenAPI description."),
        [429] = ("too-many-requests", "Too many requests: wait as long as Retry-After says."),
        [500] = ("fault", "A fault of ours. What was answered before stands; send the same again."),
        [503] = ("unavailable", "The database does not answer. Nothing is known of this request: send the same again."),
    };

    /// <summary>Every type, without the prefix.</summary>
    public static IEnumerable<string> Types =>
        Known.Values.Select(k => k.Type).Concat(["totals-differ", "quarantined", "refused"]);

    /// <summary>An error that a route answers itself.</summary>
    public static IResult Of(
        int status, string type, string detail, IDictionary<string, object?>? extensions = null) => Results.Problem(
            detail, statusCode: status, title: ReasonPhrases.GetReasonPhrase(status), type: TypePrefix + type,
            extensions: extensions);

    /// <summary>Answers without a body get one: those of authentication, routing and the rate limit.</summary>
    public static Task WriteStatusAsync(StatusCodeContext context) => WriteAsync(
        context.HttpContext, context.HttpContext.Response.StatusCode, null, null);

    public async ValueTask<bool> TryHandleAsync(
        HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; what was not committed is rolled back.
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return true;
        }

        var (status, type, detail) = exception switch
        {
            BadInput { Fault: Fault.Invalid } e => (400, "invalid", e.Message),
            BadInput { Fault: Fault.NotFound } e => (404, "not-found", e.Message),
            BadInput { Fault: Fault.OtherContent } e => (409, "other-content", e.Message),
            BadInput { Fault: Fault.TotalsDiffer } e => (422, "totals-differ", e.Message),
            BadHttpRequestException e => (e.StatusCode, null, null),
            AntiforgeryValidationException => (400, null, null),
            Unavailable or KeyTrouble => (503, null, exception.Message),
            AlteredData => (500, null, exception.Message),
            PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => (400, null, null),
            NpgsqlException e when e is not PostgresException || IsAway(e) => (503, null, null),
            InvalidOperationException e when e.Message.StartsWith(NoProvider) => (503, null, ProviderIsAway),
            _ => (500, (string?)null, null),
        };
        if (status >= 500)
        {
            // Neither message nor details: both may quote what was sent.
            Log.Error("{Method} {Route} failed: {Kind} {State}", context.Request.Method,
                context.GetEndpoint()?.DisplayName, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
        }

        await WriteAsync(context, status, type, detail);
        return true;
    }

    private static Task WriteAsync(HttpContext context, int status, string? type, string? detail)
    {
        var known = Known.GetValueOrDefault(status, Known[status < 500 ? 400 : 500]);
        return Site.Has(context)
            ? PageOf(status, detail).ExecuteAsync(context)
            : Of(status, type ?? known.Type, detail ?? known.Detail).ExecuteAsync(context);
    }

    /// <summary>For people: what happened, and what to do.</summary>
    private static RazorComponentResult<MessagePage> PageOf(int status, string? detail)
    {
        var (heading, text) = status switch
        {
            401 => ("Signing in did not succeed", "Nothing was changed. Begin anew."),
            403 => ("Your role does not see this page", "Sign in as somebody who has the role, or ask for it."),
            404 => ("There is nothing under this address", "The link may be old, or mistyped."),
            413 => ("The form is too large",
                "Nothing was recorded. A file may have 10 MB: open the case again and attach a smaller one."),
            429 => ("Too many requests", "Wait for a second, then load the page again."),
            503 => ("Not available just now",
                "The database does not answer. Nothing was changed. Load the page again in a minute."),
            >= 500 => ("A fault of ours", "Nothing was changed. Load the page again; if it stays, tell your operator."),
            _ => ("This cannot be read", "Nothing was changed. Begin anew."),
        };
        return new RazorComponentResult<MessagePage>(new
        {
            Heading = heading,
            Text = detail ?? text,
            Way = "/",
            WayText = "To the first page",
        })
        { StatusCode = status };
    }

    // The server is shutting down, starting up, or has no connection left.
    private static bool IsAway(NpgsqlException e) =>
        e.SqlState is { } state && (state.StartsWith("57P") || state.StartsWith("08") || state is "53300" or "53100");
}
