using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using AccountGuard.Service;
using AccountGuard.SystemTests.Pages;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace AccountGuard.SystemTests.Http;

/// <summary>The service on a port of its own, over a database of its own, with the development provider.</summary>
public sealed partial class Served : IAsyncLifetime
{
    /// <summary>Runs ahead of the machine's clock by as much as a test says.</summary>
    public Ahead Clock { get; } = new();

    public FreshDatabase Database { get; } = new();

    public IConfiguration Settings { get; init; } = new ConfigurationBuilder().Build();

    public WebApplication App { get; private set; } = null!;

    public DevelopmentProvider Provider { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        Provider = DevelopmentProvider.Open(Database.Home);
        App = Host.Build(Database.At with { Clock = Clock }, Settings, Provider, port: 0);
        await App.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A caller with the role's token; null calls without one.</summary>
    public HttpClient As(string? role) => WithToken(
        role is null ? null : Provider.Issue(role, TimeProvider.System.GetUtcNow()));

    /// <summary>An intake of this login, which may file under these sources.</summary>
    public HttpClient AsIntake(string login, params string[] sources) => WithToken(Provider.Issue(
        login, null, [Role.Intake], TimeProvider.System.GetUtcNow(), DevelopmentProvider.Lifetime, sources));

    public HttpClient WithToken(string? token)
    {
        var client = new HttpClient { BaseAddress = new Uri(App.Urls.First()) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>A browser without script, which nobody has signed in with yet.</summary>
    public HttpClient Browser(out CookieContainer cookies)
    {
        cookies = new CookieContainer();
        var client = new HttpClient(new KeptPages(new HttpClientHandler { CookieContainer = cookies }))
        { BaseAddress = new Uri(App.Urls.First()) };
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en-GB");
        return client;
    }

    /// <summary>Goes to a page as somebody of this role and signs in on the way.</summary>
    public Task<HttpResponseMessage> SignInAsync(HttpClient browser, string path, string role) =>
        SignInAsync(browser, path, role, Provider.Accounts.Single(a => a.Login == role).Password);

    public static async Task<HttpResponseMessage> SignInAsync(
        HttpClient browser, string path, string login, string password)
    {
        using var asked = await browser.GetAsync(path);
        var page = await asked.Content.ReadAsStringAsync();
        var fields = HiddenField().Matches(page).ToDictionary(
            m => WebUtility.HtmlDecode(m.Groups[1].Value), m => WebUtility.HtmlDecode(m.Groups[2].Value));
        fields.ShouldNotBeEmpty(page);
        return await browser.PostAsync(asked.RequestMessage!.RequestUri, new FormUrlEncodedContent(
            fields.Append(new("login", login)).Append(new("password", password))));
    }

    /// <summary>Asks until revocations made before have been read for a request.</summary>
    public static async Task<T> OnceReadAnewAsync<T>(Func<Task<T>> ask)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed <= Revocation.Freshness)
        {
            await ask();
        }

        return await ask();
    }

    public async Task<HttpClient> BrowserOfAsync(string role)
    {
        var browser = Browser(out _);
        using var first = await SignInAsync(browser, "/", role);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        return browser;
    }

    /// <summary>The antiforgery token of a page with a form.</summary>
    public static string TokenOf(string page) => HiddenField().Matches(page)
        .First(m => m.Groups[1].Value == "__RequestVerificationToken").Groups[2].Value;

    /// <summary>Nobody can file while this connection is open.</summary>
    public async Task<NpgsqlConnection> HeldFilingAsync()
    {
        var connection = new NpgsqlConnection(Database.Superuser + ";Search Path=accountguard;Pooling=false");
        await connection.OpenAsync();
        await using var hold = new NpgsqlCommand("begin; lock table account_change in share mode", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    public static HttpContent Text(string text, string mediaType, string? charset = "utf-8")
    {
        var content = new ByteArrayContent(charset == "shift_jis"
            ? CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(text) : Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType) { CharSet = charset };
        return content;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();

    public static HttpContent Csv(string text) => Text(text, "text/csv");

    public static HttpContent Json(object value) => JsonContent.Create(value);
}

/// <summary>The machine's clock, and so much.</summary>
public sealed class Ahead : TimeProvider
{
    public TimeSpan By { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
}

/// <summary>Answers, in the words of a test.</summary>
public static class Answers
{
    public static async Task<JsonElement> BodyAsync(this Task<HttpResponseMessage> answering, HttpStatusCode status)
    {
        using var response = await answering;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The problem's type without its prefix; every error has one.</summary>
    public static async Task<string> ProblemAsync(this Task<HttpResponseMessage> answering, HttpStatusCode status)
    {
        using var response = await answering;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var type = JsonDocument.Parse(text).RootElement.GetProperty("type").GetString()!;
        type.ShouldStartWith(AccountGuard.Http.Problems.TypePrefix);
        return type[AccountGuard.Http.Problems.TypePrefix.Length..];
    }

    public static T Of<T>(this JsonElement json, params string[] path) =>
        path.Aggregate(json, (at, name) => at.GetProperty(name)).Deserialize<T>()!;
}

/// <summary>Tests that share one service.</summary>
[CollectionDefinition(Name)]
public sealed class SharedService : ICollectionFixture<Served>
{
    public const string Name = "shared service";
}
