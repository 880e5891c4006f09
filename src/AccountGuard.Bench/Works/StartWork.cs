using System.Diagnostics;

namespace AccountGuard.Bench.Works;

/// <summary>From the start of the published program to ready, and what it holds then.</summary>
public static class StartWork
{
    public static Work ToReady { get; } = new(
        "start", "start of the service to ready, and its memory then",
        async (ground, cancel) =>
        {
            await ground.IncidentAsync(cancel);
            await Screening.Reconcile.RunAsync(ground.At, null, cancel);
            var program = await PublishAsync(Path.Combine(ground.Folder.FullName, "app"), cancel);
            var (times, memory) = (new List<double>(), new List<double>());
            for (var run = 0; run < InTurns.Runs; run++)
            {
                var start = new ProcessStartInfo(program, ["run", "--port", "5099"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                };
                foreach (var (name, value) in ground.Settings)
                {
                    start.Environment[name.Replace(":", "__")] = value;
                }

                var watch = Stopwatch.StartNew();
                using var process = Process.Start(start)!;
                process.ErrorDataReceived += (_, _) => { };
                process.BeginErrorReadLine();
                process.BeginOutputReadLine();
                using var anyone = new HttpClient();
                while (!await IsReadyAsync(anyone, cancel))
                {
                    if (process.HasExited)
                    {
                        throw new InvalidOperationException("The service ended before it was ready.");
                    }

                    // Whoever asks without a pause takes one of the two processors.
                    await Task.Delay(10, cancel);
                }

                times.Add(watch.Elapsed.TotalSeconds);
                process.Refresh();
                memory.Add(process.WorkingSet64 / 1e6);
                using var term = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                await process.WaitForExitAsync(cancel);
            }

            return
            [
                new("start", "s to ready", InTurns.Median(times), null, 2, AtLeast: false, InTurns.Runs),
                new("start", "MB at rest", InTurns.Median(memory), null, 200, AtLeast: false, InTurns.Runs),
            ];
        });

    /// <summary>As ops/Dockerfile takes it.</summary>
    private static async Task<string> PublishAsync(string folder, CancellationToken cancel)
    {
        using var publish = Process.Start("dotnet", [
            "publish", "src/AccountGuard", "-c", "Release", "-r", "linux-x64", "--self-contained", "-v", "q",
            "--nologo", "-o", folder])!;
        await publish.WaitForExitAsync(cancel);
        return publish.ExitCode == 0 ? Path.Combine(folder, "AccountGuard")
            : throw new InvalidOperationException("The program cannot be published.");
    }

    private static async Task<bool> IsReadyAsync(HttpClient anyone, CancellationToken cancel)
    {
        try
        {
            using var answer = await anyone.GetAsync("http://127.0.0.1:5099/api/health/ready", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(10, cancel);
            return false;
        }
    }
}
