namespace AccountGuard.SystemTests;

/// <summary>The repository that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Above(new DirectoryInfo(AppContext.BaseDirectory));

    public static string Readme => File.ReadAllText(Path.Combine(Root, "README.md"));

    private static string Above(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "AccountGuard.sln")) ? folder.FullName : Above(folder.Parent!);
}
