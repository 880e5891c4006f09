using Microsoft.AspNetCore.Authorization;

namespace AccountGuard.Identity;

/// <summary>What a caller may do. Every route and page names the roles that may use it; all else is denied.</summary>
public static class Role
{
    public const string IncidentManager = "incident-manager";
    public const string Intake = "intake";
    public const string Auditor = "auditor";
    public const string Approver = "approver";
    public const string Counter = "counter";
    public const string CallCentre = "call-centre";
    public const string Compliance = "compliance";
    public const string PaymentSystem = "payment-system";

    /// <summary>
    /// Beside another role, which lets in: opens the cases of holders who are protected (Rule 13) to that role's part.
    /// </summary>
    public const string Protected = "protected";

    /// <summary>Those that routes and pages name.</summary>
    public static readonly string[] All =
        [IncidentManager, Intake, Auditor, Approver, Counter, CallCentre, Compliance, PaymentSystem];

    /// <summary>
    /// A route that forgot to name its roles lets nobody in. Who is known may be told that there is no such route.
    /// </summary>
    public static void DenyByDefault(AuthorizationOptions options) =>
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
            .RequireAssertion(asked => asked.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
            .Build();

    /// <summary>Lets in callers that have one of these roles.</summary>
    public static TBuilder For<TBuilder>(this TBuilder route, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles) });
}
