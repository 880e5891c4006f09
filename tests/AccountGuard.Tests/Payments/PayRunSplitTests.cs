using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccountGuard.Payments;
using AccountGuard.Vault;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.Tests.Payments;

/// <summary>Every record of a payment file lands in one of the four, unchanged, and all adds up.</summary>
public class PayRunSplitTests
{
    internal static (PayRunPart[] Parts, byte[][] Files) Split(byte[] file, byte[] standings)
    {
        var outputs = Enumerable.Range(0, 4).Select(_ => new MemoryStream()).ToArray();
        var parts = PayRunSplit.Run(new MemoryStream(file), "FILE", standings, outputs, CancellationToken.None);
        return (parts, [.. outputs.Select(o => o.ToArray())]);
    }

    private static string[] PaymentsOf(byte[] file) =>
        [.. Encoding.Latin1.GetString(file).Split("\r\n").Where(record => record.StartsWith('2'))];

    [Fact]
    public void every_payment_goes_into_the_file_of_its_standing_as_it_came()
    {
        var file = File([.. Group(("1", 1), ("2", 2), ("3", 4)), .. Group(("4", 8), ("5", 16))]);
        var (parts, files) = Split(file, [0, 1, 2, 3, 1]);
        parts.Select(p => (p.Count, p.Amount)).ShouldBe([(1, 1), (2, 18), (1, 4), (1, 8)]);
        var payments = PaymentsOf(file);
        files.Select(PaymentsOf).ShouldBe([[payments[0]], [payments[1], payments[4]], [payments[2]], [payments[3]]]);
        foreach (var (part, output) in parts.Zip(files))
        {
            part.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(output)));
            part.Bytes.ShouldBe(output.Length);
            var read = PayRunInput.Read(new MemoryStream(output), "OUT", CancellationToken.None);
            (read.Total, read.Groups).ShouldBe((new PaymentCount(part.Count, part.Amount), 2));
        }
    }

    [Fact]
    public void a_file_for_no_payment_is_whole_too()
    {
        var (parts, files) = Split(File(Group(("1", 7)), ""), [0]);
        parts[3].Count.ShouldBe(0);
        files[3].ShouldBe(File(Group(), ""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void what_all_stands_in_one_file_is_the_file_that_came(string lineBreak)
    {
        var file = File([.. Group(("1", 1), ("2", 2)), .. Group()], lineBreak);
        Split(file, [2, 2]).Files[2].ShouldBe(file);
        Split([.. "\uFEFF"u8, .. file, 0x1A], [2, 2]).Files[2].ShouldBe(file);
    }

    [Fact]
    public void standings_of_another_file_are_refused()
    {
        var file = File(Group(("1", 1), ("2", 2)));
        foreach (var standings in (byte[][])[[0], [0, 0, 0]])
        {
            Should.Throw<BadInput>(() => Split(file, standings)).Message.ShouldContain("was changed while it was read");
        }
    }

    [Fact]
    public void a_summary_is_signed_so_that_anyone_who_has_the_public_key_can_tell()
    {
        var keys = KeyFile.FromSecret(RandomNumberGenerator.GetBytes(32));
        using var signature = new PayRunSignature(keys);
        var signed = signature.Sign("{}");
        using var again = new PayRunSignature(keys);
        var key = JsonSerializer.SerializeToElement(again.PublicKeys).GetProperty("keys")[0];
        var handler = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler();
        bool IsValid(string text) => handler.ValidateTokenAsync(
            signed.Replace("..", $".{Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(text)}."),
            new()
            {
                IssuerSigningKey = new Microsoft.IdentityModel.Tokens.JsonWebKey(key.GetRawText()),
                ValidateIssuer = false,
                ValidateAudience = false,
                ValidateLifetime = false,
            }).GetAwaiter().GetResult().IsValid;
        IsValid("{}").ShouldBeTrue();
        IsValid("{ }").ShouldBeFalse();
    }
}
