using AccountGuard.Deliveries;

namespace AccountGuard.SystemTests.Deliveries;

/// <summary>What is sealed on its way is read as it was written.</summary>
public sealed class NamelessFileTests
{
    [Fact]
    public void it_is_read_anywhere_as_it_was_written()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            using var file = new NamelessFile();
            using var plain = new MemoryStream();
            var piece = new byte[200_000];
            var read = new byte[100_000];
            for (var times = 0; times < 40; times++)
            {
                // Chunks have 65,536 bytes: now and then one is just full.
                var length = random.Next(4) == 0 ? 65_536 - (int)(plain.Length % 65_536) : random.Next(piece.Length);
                random.NextBytes(piece.AsSpan(0, length));
                file.Seek(0, SeekOrigin.End);
                file.Write(piece, 0, length);
                plain.Write(piece, 0, length);
                file.Length.ShouldBe(plain.Length);
                file.Position = random.NextInt64(plain.Length + 1);
                var from = (int)file.Position;
                var some = file.ReadAtLeast(read, read.Length, throwOnEndOfStream: false);
                some.ShouldBe((int)Math.Min(read.Length, plain.Length - from));
                read.AsSpan(0, some).SequenceEqual(plain.GetBuffer().AsSpan(from, some)).ShouldBeTrue($"seed {seed}");
            }
        }
    }
}
