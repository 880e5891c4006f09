using System.Diagnostics;

namespace AccountGuard.SystemTests;

/// <summary>A command run as a process of its own, as an operator runs it.</summary>
public sealed record CommandRun(int Exit, string Output, string Messages)
{
    public static Task<CommandRun> OfAsync(FreshDatabase database, params string[] args) =>
        OfAsync(database, [], args);

    /// <param name="settings">Of the environment, over those of the database; null takes one away.</param>
    public static async Task<CommandRun> OfAsync(
        FreshDatabase database, (string Name, string? Value)[] settings, string[] args)
    {
        using var process = Start(database, settings, args);
        return await EndOfAsync(process);
    }

    public static async Task<CommandRun> EndOfAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var messages = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CommandRun(process.ExitCode, await output, await messages);
    }

    /// <summary>The process itself, for tests that end it in the middle.</summary>
    public static Process Start(FreshDatabase database, params string[] args) => Start(database, [], args);

    /// <summary>The service, once it listens, and where.</summary>
    public static async Task<(Process Service, Uri Address)> ServeAsync(
        FreshDatabase database, params (string Name, string? Value)[] settings)
    {
        var service = Start(database, settings, ["run", "--port", "0"]);
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("AccountGuard runs on "))
            {
                return (service, new Uri(line.Split(' ')[3]));
            }
        }

        throw new InvalidOperationException(await service.StandardError.ReadToEndAsync());
    }

    private static Process Start(FreshDatabase database, (string Name, string? Value)[] settings, string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Installation).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = database.Home,
        };
        foreach (var (name, value) in database.Environ)
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
