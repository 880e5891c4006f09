using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Intake;

/// <summary>Numbers as people write them, in every kind of file.</summary>
[Collection(SharedDatabase.Name)]
public sealed class NumbersAsWritten(FreshDatabase database)
{
    private static string FullWidth(string digits) => string.Concat(digits.Select(c => (char)(c - '0' + '０')));

    public static TheoryData<string> Ways => new("-", "‐", "‑", "–", "—", "−", "ー", "ｰ", "－", " ", "　", "\u00a0");

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task a_number_with_a_dash_or_white_space_in_it_is_the_number(string between)
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number[..4] + between + number[4..], "2015-05-20"));
        (await story.RowAsync(id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task a_number_in_full_width_digits_is_the_number_in_changes_lists_and_renumberings()
    {
        var story = await BeginAsync(database);
        var (old, @new) = (Number(), Number());
        await story.ListAsync(1, [Listed($"{FullWidth(old[..4])}－{FullWidth(old[4..])}")]);
        await story.RenumberAsync($"{FullWidth(old)},{@new[..4]}ー{FullWidth(@new[4..])}");
        await story.ChangesAsync(story.Filed("R1", FullWidth(@new), "2015-05-20"));
        (await story.IdsAsync()).ShouldBe(["R1"]);
    }

    [Theory]
    [InlineData("123456789")]
    [InlineData("12345678901")]
    [InlineData("123456789012")]
    [InlineData("12345678901234")]
    [InlineData("123456789X")]
    [InlineData("1234_567890")]
    [InlineData("+1234567890")]
    [InlineData("1234567890.0")]
    [InlineData("十二三四五六七八九〇")]
    [InlineData("١٢٣٤٥٦٧٨٩٠")]
    public async Task what_is_not_ten_digits_is_no_number(string text)
    {
        var story = await OfListedNumbersAsync(database);
        var answer = await story.ChangesAsync(story.Filed(Id(), text, "2015-05-20"));
        answer.Rows.ShouldBe(new RowCount(1, 0, 0, 1));
        (await story.WaitingAsync(answer)).ShouldBe(["NotANumber"]);
    }
}
