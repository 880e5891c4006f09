using AccountGuard.SystemTests.Http;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Intake;

/// <summary>A process that is sent broken files again and again keeps none of them.</summary>
[Collection(Alone.Name)]
public sealed class BrokenFilesInMemory(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private const long MostKept = 8 << 20;
    private const int Before = 48;
    private static readonly int Files = LongRun.IsAsked ? 5_000 : 96;

    [Fact]
    public async Task what_was_refused_is_kept_by_nobody()
    {
        var story = await BeginAsync(database);

        // What is set up once, and buffers that are used again, are there then.
        await TakeInAsync(story, 1, Before);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await TakeInAsync(story, Before + 1, Files);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(MostKept);
    }

    private static async Task TakeInAsync(Story story, int first, int count)
    {
        for (var seed = first; seed < first + count; seed++)
        {
            var kind = BrokenFiles.Kinds[seed % BrokenFiles.Kinds.Length];
            try
            {
                await kind.ImportAsync(story, BrokenFiles.Broken(kind, new Random(seed)), seed);
            }
            catch (BadInput)
            {
                // As it should be; BrokenFiles looks at what is said.
            }
        }
    }
}
