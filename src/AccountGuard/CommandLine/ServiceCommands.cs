using System.CommandLine;
using AccountGuard.Demonstration;
using AccountGuard.Identity;

namespace AccountGuard.CommandLine;

/// <summary>Commands that run the service and lay the schema, and how a command is put together.</summary>
public static class ServiceCommands
{
    private static readonly IConfiguration Configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();

    /// <summary>
    /// The development provider is on unless another is configured or the environment says that this is production.
    /// </summary>
    public static bool IsDevelopment => string.IsNullOrEmpty(Configuration["Identity:Authority"])
        && !new[] { "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT" }.Any(name =>
            string.Equals(Configuration[name], "Production", StringComparison.OrdinalIgnoreCase));

    public static IEnumerable<Command> All(Option<bool> json) =>
        [LaySchemaCommand(json), RunCommand(json), DemoCommand(), TokenCommand(), RevokeCommand(json)];

    private static Command LaySchemaCommand(Option<bool> json) => Command(
        "lay-schema", "Lays the schema, or upgrades it; every command does so where it is needed.", json, [],
        (session, _) =>
        {
            Printing.Write(session, new { laid = true }, "The schema is laid.");
            return Task.FromResult(0);
        });

    private static Command RunCommand(Option<bool> json)
    {
        var demo = new Option<bool>("--demo") { Description = "Loads the 2015 incident at its real size first." };
        var scale = new Option<double>("--scale") { DefaultValueFactory = _ => DemoFiles.DefaultScale, Hidden = true };
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 5080 };
        return Command("run", "Runs the service until Ctrl-C.", json, [demo, scale, port], async (session, parsed) =>
        {
            if (parsed.GetValue(demo))
            {
                var folder = Path.Combine(Home, "demo");
                WriteDemo(folder, parsed.GetValue(scale), DemoFiles.DefaultSeed, session.Cancel);
                if (!await DemoLoad.RunAsync(session, folder))
                {
                    await Console.Error.WriteLineAsync("The demonstration did not come out as it must.");
                    return Commands.ExitOf(isClean: false);
                }
            }

            await Service.Host.RunAsync(
                session.At, Configuration, Development(), parsed.GetValue(port), session.Cancel);
            return 0;
        });
    }

    private static Command DemoCommand()
    {
        var scale = new Option<double>("--scale") { DefaultValueFactory = _ => DemoFiles.DefaultScale };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => DemoFiles.DefaultSeed };
        var output = new Option<string>("--out") { Required = true };
        var command = new Command("demo", "Writes the files of the demonstration, and the queue that must come out.")
            { scale, seed, output };
        command.SetAction((parsed, cancel) =>
        {
            WriteDemo(parsed.GetRequiredValue(output), parsed.GetValue(scale), parsed.GetValue(seed), cancel);
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command TokenCommand()
    {
        var role = new Argument<string>("role");
        var command = new Command("token", "A token of the development provider, for some minutes.") { role };
        command.SetAction((parsed, _) =>
        {
            Console.WriteLine((Development() ?? throw new BadInput(
                "The development provider is off: your identity provider gives the tokens."))
                .Issue(parsed.GetRequiredValue(role), TimeProvider.System.GetUtcNow()));
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command RevokeCommand(Option<bool> json)
    {
        var whom = new Argument<string>("login-or-person");
        var reason = new Option<string>("--reason") { Required = true };
        return Command("revoke", "Ends at once what a login or a person was let in with.", json, [whom, reason],
            async (session, parsed) =>
            {
                await Revocation.RunAsync(session.At, parsed.GetRequiredValue(whom), "operator",
                    parsed.GetRequiredValue(reason), session.Cancel);
                Printing.Write(session, new { revoked = true }, "Revoked.");
                return 0;
            });
    }

    private static DevelopmentProvider? Development() => IsDevelopment ? DevelopmentProvider.Open(Home)
        : string.IsNullOrEmpty(Configuration["Identity:Authority"])
            ? throw new BadInput("In production an identity provider is needed: set Identity__Authority.")
            : null;

    private static void WriteDemo(string folder, double scale, int seed, CancellationToken cancel)
    {
        if (scale is < 0.001 or > 10)
        {
            throw new BadInput("--scale is from 0.001 to 10.");
        }

        using var progress = new ProgressLine("writing the demonstration", "rows", TimeProvider.System);
        var schedule = DemoFiles.Write(folder, scale, seed, progress, cancel);
        Console.WriteLine($"{schedule.Deliveries.Count} files of the demonstration, and the queue that must come out, "
            + $"are in {folder}");
    }

    private static string Home => Configuration["ACCOUNTGUARD_HOME"] ?? ".accountguard";

    /// <summary>A command of these arguments and options, run in an installation opened for it.</summary>
    public static Command Command(
        string name, string description, Option<bool> json, Symbol[] parts, Func<Session, ParseResult, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var part in parts)
        {
            if (part is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)part);
            }
        }

        command.SetAction(async (parsed, cancel) =>
        {
            await using var at = await Session.OpenAsync(Configuration, cancel);
            return await run(new Session(at, parsed.GetValue(json), cancel), parsed);
        });
        return command;
    }
}
