#:property PublishAot=false
// Screens a pay-run end to end, with the numbers of the sandbox (README, Sandbox). With a service running:
//   ACCOUNTGUARD_TOKEN=$(ops/accountguard token payment-system) dotnet run ops/samples/screen-payrun.cs ADDRESS
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using var service = new HttpClient { BaseAddress = new Uri(args[0]) };
service.DefaultRequestHeaders.Authorization = new("Bearer", Environment.GetEnvironmentVariable("ACCOUNTGUARD_TOKEN"));

// Where do these payments stand on the next pay-day? Treat whatever is no sound answer as not clear.
var payDay = (await GetJson("/api/payments/pay-days?limit=1"))["payDays"]![0]!["payDay"]!.ToString();
string[] numbers = ["9999000001", "9999000002", "9999000003", "9999000004", "9999000005"];
var question = $$"""{"payDay": "{{payDay}}", "numbers": ["{{string.Join("\", \"", numbers)}}"]}""";
var standing = await Post("/api/payments/standing", question, "application/json");
foreach (var answer in standing["answers"]!.AsArray()) Console.WriteLine($"{answer!["standing"]} {answer["payTo"]}");

// The same payments as a Zengin file: records of 120 bytes, the number as customer code 1, 65,000 yen each.
string Payment(string number) => "20001".PadRight(20) + "001".PadRight(18) + "000010000001" + "SANDBOX".PadRight(30)
    + "0000065000" + "0" + number;
string[] records = ["12100000000001".PadRight(54) + payDay[5..7] + payDay[8..], .. numbers.Select(Payment),
    $"8{numbers.Length:D6}{65_000 * numbers.Length:D12}", "9"];
var run = await Post($"/api/payments/runs?payDay={payDay}", string.Concat(records.Select(r => r.PadRight(120))));

// Four files, each as the summary says, and together what was sent.
string[] parts = ["clear", "pending", "hold", "unknown"];
foreach (var part in parts)
{
    var file = await Get(run["links"]![part]!.ToString());
    Ensure(Convert.ToHexStringLower(SHA256.HashData(file)) == run[part]!["sha256"]!.ToString(), $"{part} is as said");
    Console.WriteLine($"{part}: {run[part]!["count"]} payments, {run[part]!["amount"]} yen");
}
Ensure(parts.Sum(p => (long)run[p]!["amount"]!) == (long)run["input"]!["amount"]!, "the amounts add up");
Ensure(parts.Sum(p => (int)run[p]!["count"]!) == numbers.Length, "the payments add up");

// The summary is signed: a detached JWS under ES256.
var summary = await Get(run["links"]!["summary"]!.ToString());
var jws = Encoding.ASCII.GetString(await Get(run["links"]!["signature"]!.ToString())).Split('.');
var key = (await GetJson("/api/payments/runs/key"))["keys"]![0]!;
byte[] Of(string coordinate) => Base64Url.DecodeFromChars(key[coordinate]!.ToString());
using var signer = ECDsa.Create(new ECParameters
{ Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Of("x"), Y = Of("y") } });
var signed = Encoding.ASCII.GetBytes($"{jws[0]}.{Base64Url.EncodeToString(summary)}");
var isSigned = signer.VerifyData(signed, Base64Url.DecodeFromChars(jws[2]), HashAlgorithmName.SHA256);
Ensure(isSigned, "the summary is signed");

static void Ensure(bool holds, string what)
{
    Console.WriteLine($"{(holds ? "yes" : "NO")}: {what}");
    if (!holds) Environment.Exit(1);
}

async Task<byte[]> Get(string path) => await service.GetByteArrayAsync(path);
async Task<JsonNode> GetJson(string path) => JsonNode.Parse(await Get(path))!;
async Task<JsonNode> Post(string path, string body, string type = "text/plain")
{
    using var answer = await service.PostAsync(path, new StringContent(body, Encoding.UTF8, type));
    var text = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new HttpRequestException(text);
}
