using System.Text.RegularExpressions;

namespace AccountGuard.Tests;

/// <summary>
/// The house rules that a program can check, over the source tree and the built assembly. Each check is a function
/// from what it reads to its complaints; TidyRefuses.cs shows that each of them can fail.
/// </summary>
public partial class Tidy
{
    internal sealed record SourceFile(string Path, string Text);

    internal static readonly string Root = RootAbove(AppContext.BaseDirectory);
    static readonly List<SourceFile> Tree = Read(new DirectoryInfo(Root)).ToList();
    static readonly List<Type> Types = WrittenTypes(typeof(Events)).ToList();
    static readonly List<Type> TestTypes = WrittenTypes(typeof(Tidy)).ToList();

    [Fact]
    public void no_line_of_code_is_wider_than_120_columns() => None(WideLines(Tree));

    [Fact]
    public void no_folder_file_or_type_is_a_junk_drawer() =>
        None(JunkDrawers(Tree.SelectMany(NamesIn).Concat(Types.Concat(TestTypes).Select(t => t.Name))));

    [Fact]
    public void every_interface_has_two_implementations() => None(LoneInterfaces(Types));

    [Fact]
    public void every_folder_stands_in_the_namespace_of_its_name() => None(HiddenLinks(Tree));

    [Fact]
    public void data_flows_one_way_between_the_folders() => None(Circles(Tree));

    [Fact]
    public void no_file_names_the_host_of_a_package_registry() => None(RegistryHosts(Tree));

    [Fact]
    public void sql_keywords_are_lower_case() => None(ShoutedSql(Tree));

    [Fact]
    public void usings_stand_in_their_order() => None(MixedUsings(Tree));

    static void None(IEnumerable<string> complaints) => string.Join('\n', complaints.Distinct()).ShouldBeEmpty();

    internal static IEnumerable<string> WideLines(IEnumerable<SourceFile> files) =>
        from file in files
        where IsCode(file.Path)
        from line in file.Text.Split('\n').Select((text, at) => (Text: text.TrimEnd('\r'), Number: at + 1))
        let columns = line.Text.EnumerateRunes().Count()
        where columns > 120
        select $"{file.Path}:{line.Number} has {columns} columns";

    /// <summary>Scripts of ops carry no extension.</summary>
    static bool IsCode(string path) =>
        Path.GetExtension(path) is ".cs" or ".razor" or ".sql" or ".sh"
        || (path.StartsWith("ops/") && Path.GetExtension(path) is "" or ".py" or ".js");

    /// <summary>A name tells what a thing is by its last word; these words tell nothing.</summary>
    internal static IEnumerable<string> JunkDrawers(IEnumerable<string> names) =>
        from name in names
        let word = Word().Matches(name).LastOrDefault()?.Value.ToLowerInvariant()
        where word is "common" or "shared" or "helper" or "helpers" or "util" or "utils" or "utility" or "utilities"
            or "base" or "manager" or "managers" or "misc" or "impl" or "dto"
        select $"{name}: say what it is, not \"{word}\"";

    static IEnumerable<string> NamesIn(SourceFile file) => file.Path.Split('/').Select(part => part.Split('.')[0]);

    internal static IEnumerable<string> LoneInterfaces(IReadOnlyCollection<Type> types) =>
        from seam in types
        where seam.IsInterface
        let made = types.Count(t => !t.IsInterface && t.GetInterfaces().Any(i => Open(i) == seam))
        where made < 2
        select $"{seam.FullName} has {made} implementation(s) in src: use the type itself";

    static Type Open(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    /// <summary>What the check of circles could not see: another folder's namespace, a using for all files.</summary>
    internal static IEnumerable<string> HiddenLinks(IEnumerable<SourceFile> files)
    {
        foreach (var file in files.Where(f => f.Path.StartsWith("src/")))
        {
            if (FolderOf(file) is { } folder && Namespace().Match(file.Text) is { Success: true } found
                && !$"{found.Groups[1].Value}.".StartsWith($"AccountGuard.{folder}."))
                yield return $"{file.Path} stands in namespace {found.Groups[1].Value}, not in AccountGuard.{folder}";
            if (GlobalUsing().IsMatch(file.Text))
                yield return $"{file.Path} has a global using of a folder: each file names what it depends on";
        }
    }

    internal static IEnumerable<string> Circles(IEnumerable<SourceFile> files)
    {
        var links = Links(files.Where(f => FolderOf(f) is not null).ToList());
        return links.Keys.Order().Select(start => CircleFrom(start, links)).OfType<string>().Take(1);
    }

    /// <summary>From each folder to each other folder that it names, with the first file in which it does.</summary>
    static Dictionary<string, Dictionary<string, string>> Links(List<SourceFile> files)
    {
        var declared = files.ToLookup(FolderOf, f => Declaration().Matches(f.Text).Select(m => m.Groups[1].Value));
        var types = declared.ToDictionary(f => f.Key!, f => f.SelectMany(names => names).ToHashSet());
        var links = types.Keys.ToDictionary(folder => folder, _ => new Dictionary<string, string>());
        foreach (var file in files)
        {
            var code = CommentOrString().Replace(file.Text, " ");
            var absolute = Absolute().Matches(code).Select(m => m.Groups[1].Value).Where(types.ContainsKey);
            var relative = Relative().Matches(code)
                .Where(m => types.TryGetValue(m.Groups[1].Value, out var own) && own.Contains(m.Groups[2].Value))
                .Select(m => m.Groups[1].Value);
            foreach (var other in absolute.Concat(relative).Where(other => other != FolderOf(file)))
                links[FolderOf(file)!].TryAdd(other, file.Path);
        }
        return links;
    }

    static string? CircleFrom(string start, Dictionary<string, Dictionary<string, string>> links)
    {
        var ways = new Queue<string[]>([[start]]);
        var seen = new HashSet<string>();
        while (ways.TryDequeue(out var way))
        {
            foreach (var next in links[way[^1]].Keys.Order())
            {
                string[] further = [.. way, next];
                if (next == start)
                    return string.Join(" -> ", further) + " is a circle, by "
                        + string.Join(", ", further.Zip(further.Skip(1), (from, to) => links[from][to]));
                if (seen.Add(next)) ways.Enqueue(further);
            }
        }
        return null;
    }

    /// <summary>The step of the flow a source file belongs to; none for the files beside Program.cs.</summary>
    static string? FolderOf(SourceFile file) =>
        file.Path.Split('/') is ["src", "AccountGuard", var folder, _, ..]
        && Path.GetExtension(file.Path) is ".cs" or ".razor" ? folder : null;

    internal static IEnumerable<string> RegistryHosts(IEnumerable<SourceFile> files) =>
        from file in files
        from Match host in RegistryHost().Matches(file.Text)
        select $"{file.Path} names {host.Value}: where packages come from is the machine's setting";

    internal static IEnumerable<string> ShoutedSql(IEnumerable<SourceFile> files) =>
        from file in files
        where Path.GetExtension(file.Path) == ".sql"
        from Match keyword in ShoutedKeyword().Matches(SqlCommentOrString().Replace(file.Text, " "))
        select $"{file.Path} has {keyword.Value}: keywords are lower case";

    /// <summary>`dotnet format` says it too, but takes a minute and a half.</summary>
    internal static IEnumerable<string> MixedUsings(IEnumerable<SourceFile> files) =>
        from file in files
        where Path.GetExtension(file.Path) == ".cs"
        let names = Using().Matches(file.Text).Select(m => m.Groups[1].Value).ToList()
        where !names.SequenceEqual(names.OrderBy(name => !$"{name}.".StartsWith("System."))
            .ThenBy(name => name, StringComparer.OrdinalIgnoreCase))
        select $"{file.Path} has its usings in disorder: System first, then by name";

    static string RootAbove(string folder) =>
        File.Exists(Path.Combine(folder, "AccountGuard.sln")) ? folder
        : Path.GetDirectoryName(folder) is { } above ? RootAbove(above)
        : throw new InvalidOperationException("AccountGuard.sln stands in no folder above the tests.");

    /// <summary>The text files below a folder, but for what git leaves out by a whole folder.</summary>
    static IEnumerable<SourceFile> Read(DirectoryInfo folder)
    {
        var left = File.ReadLines(Path.Combine(Root, ".gitignore")).Where(l => l.EndsWith('/')).Select(l => l.Trim('/'))
            .Append(".git").ToHashSet();
        return from entry in folder.EnumerateFileSystemInfos()
               where !left.Contains(entry.Name) && entry.LinkTarget is null
               from file in entry is DirectoryInfo inner ? Read(inner)
                   : [new(Path.GetRelativePath(Root, entry.FullName), File.ReadAllText(entry.FullName))]
               where !file.Text.Contains('\0')
               select file;
    }

    static IEnumerable<Type> WrittenTypes(Type one) =>
        one.Assembly.GetTypes().Where(t => $"{t.Namespace}.".StartsWith("AccountGuard.") && !t.Name.Contains('<'))
            .Where(t => !t.IsNested || !t.DeclaringType!.Name.Contains('<'));

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"global\s+using\s+(static\s+)?AccountGuard\.|<Using\s+Include=""AccountGuard\.")]
    private static partial Regex GlobalUsing();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+([A-Z]\w*)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\bAccountGuard\.(\w+)")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"(?<![\w.])(\w+)\.([A-Z]\w*)")]
    private static partial Regex Relative();

    [GeneratedRegex(""""
        '(?:\\.|[^'\\\n])'|"""[\s\S]*?"""|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*[\s\S]*?\*/
        """")]
    private static partial Regex CommentOrString();

    [GeneratedRegex(@"nuget\.org|npm[j]s|pypi\.org|python[h]osted|crates\.io|rubygems\.org|repo1?\.maven|yarnp[k]g")]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"--[^\n]*|/\*[\s\S]*?\*/|'(?:[^']|'')*'|""[^""]*""")]
    private static partial Regex SqlCommentOrString();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|VALUES|CREATE|ALTER|RETURNING)\b")]
    private static partial Regex ShoutedKeyword();
}
