using System.CommandLine;

namespace AccountGuard.CommandLine;

/// <summary>Commands that run the service and lay the schema, and how a command is put together.</summary>
public static class ServiceCommands
{
    private static readonly IConfiguration Configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();

    /// <summary>The development provider is on unless the environment says that this is production.</summary>
    public static bool IsDevelopment =>
        !string.Equals(Configuration["DOTNET_ENVIRONMENT"], "Production", StringComparison.OrdinalIgnoreCase);

    public static IEnumerable<Command> All(Option<bool> json) =>
        [Command("lay-schema", "Lays the schema, or upgrades it; every command does so where it is needed.", json, [],
            (session, _) =>
            {
                Printing.Write(session, new { laid = true }, "The schema is laid.");
                return Task.FromResult(0);
            })];

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
