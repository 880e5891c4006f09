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
                var watch = Stopwatch.StartNew();
                using var process = await RunAsync(ground, program, 5099, cancel);
                times.Add(watch.Elapsed.TotalSeconds);
                process.Refresh();
                memory.Add(process.WorkingSet64 / 1e6);
                await StopAsync(process, cancel);
            }

            return
            [
                new("start", "s to ready", InTurns.Median(times), null, 2, AtLeast: false, InTurns.Runs),
                new("start", "MB at rest", InTurns.Median(memory), null, 200, AtLeast: false, InTurns.Runs),
            ];
        });

    /// <summary>The service as a process of its own, once it is ready.</summary>
    public static async Task<Process> RunAsync(Ground ground, string program, int port, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, ["run", "--port", $"{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in ground.Settings)
        {
            start.Environment[name.Replace(":", "__")] = value;
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        using var anyone = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        while (!await IsReadyAsync(anyone, cancel))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException("The service ended before it was ready.");
            }

            // Whoever asks without a pause takes one of the two processors.
            await Task.Delay(10, cancel);
        }

        return process;
    }

    public static async Task StopAsync(Process service, CancellationToken cancel)
    {
        using var term = Process.Start("kill", ["-TERM", $"{service.Id}"]);
        await service.WaitForExitAsync(cancel);
    }

    /// <summary>As ops/Dockerfile takes it.</summary>
    public static async Task<string> PublishAsync(string folder, CancellationToken cancel)
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
            using var answer = await anyone.GetAsync("/api/health/ready", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(10, cancel);
            return false;
        }
    }
}
