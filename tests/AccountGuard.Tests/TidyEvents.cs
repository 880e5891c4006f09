using System.Reflection;

namespace AccountGuard.Tests;

/// <summary>
/// What is stored forever changes only on purpose: the shape of every event in <see cref="Events.All"/>, and of the
/// types inside them, must be the one in events.approved.txt.
/// </summary>
public class TidyEvents
{
    const string Header = "# What is stored forever. TidyEvents.cs compares it with the types in Events.All.\n";

    [Fact]
    public void every_event_is_a_sealed_record_named_in_the_past_tense() =>
        string.Join('\n', Misshapen(Events.All)).ShouldBeEmpty();

    [Fact]
    public void the_shape_of_every_event_is_approved()
    {
        var now = Header + Shapes(Events.All);
        var approved = Path.Combine(Tidy.Root, "tests/AccountGuard.Tests/events.approved.txt");
        var received = Path.Combine(AppContext.BaseDirectory, "events.received.txt");
        File.WriteAllText(received, now);
        (now == File.ReadAllText(approved)).ShouldBeTrue($"""
            The events have another shape than the approved one. Events already stored keep the old one: they must
            still be read, and mean the same. Where that is so, approve the new shape by
                cp {received} {approved}

            {now}
            """);
    }

    internal static IEnumerable<string> Misshapen(IEnumerable<Type> events)
    {
        foreach (var type in events)
        {
            if (!type.IsSealed || type.GetMethod("<Clone>$") is null)
                yield return $"{type.FullName} is not a sealed record";
            if (type.GetInterfaces().Any(i => i != typeof(IEquatable<>).MakeGenericType(type)))
                yield return $"{type.FullName} implements an interface: an event is what happened and no more";
            if (!IsPastTense(type.Name))
                yield return $"{type.FullName} does not end in a past participle";
        }
    }

    static readonly string[] Irregular =
    [
        "Begun", "Bound", "Broken", "Brought", "Built", "Chosen", "Drawn", "Fallen", "Found", "Given", "Gone", "Held",
        "Kept", "Known", "Left", "Lost", "Made", "Met", "Paid", "Put", "Read", "Said", "Seen", "Sent", "Set", "Shown",
        "Split", "Taken", "Told", "Undone", "Withdrawn", "Withheld", "Won", "Written",
    ];
    static readonly string[] Particles = ["Off", "Up", "In", "Out", "Down", "Back", "Over"];
    static readonly string[] Nouns = ["Feed", "Seed", "Need", "Speed", "Deed"];

    /// <summary>"CaseClaimed", "NumberWithdrawn", and with a particle "DeliveryBrokenOff".</summary>
    internal static bool IsPastTense(string name)
    {
        var verb = Particles.Where(name.EndsWith).Select(p => name[..^p.Length]).FirstOrDefault(name);
        return Irregular.Any(verb.EndsWith) || (verb.EndsWith("ed") && !Nouns.Any(verb.EndsWith));
    }

    /// <summary>Each type with its properties, one a line, in the order of their names: JSON knows no other.</summary>
    internal static string Shapes(IEnumerable<Type> events)
    {
        var stored = new HashSet<Type>();
        foreach (var type in events) Collect(type, type.Assembly, stored);
        return string.Concat(stored.OrderBy(Name, StringComparer.Ordinal).Select(t => Name(t) + "\n" + Members(t)));
    }

    static void Collect(Type type, Assembly ours, HashSet<Type> stored)
    {
        if (type.IsArray || type.IsGenericType)
        {
            foreach (var inner in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
                Collect(inner, ours, stored);
        }
        else if (type.Assembly == ours && stored.Add(type) && !type.IsEnum)
        {
            foreach (var property in Properties(type)) Collect(property.PropertyType, ours, stored);
        }
    }

    static string Members(Type type) => string.Concat((type.IsEnum
        ? Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{Enum.GetName(type, value)} = {value}")
        : Properties(type).OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => $"{p.Name}: {Written(new NullabilityInfoContext().Create(p))}"))
        .Select(member => $"    {member}\n"));

    static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters() is []);

    static string Written(NullabilityInfo info) =>
        info.Type switch
        {
            { IsArray: true } => $"{Written(info.ElementType!)}[]",
            { IsGenericType: true } when Nullable.GetUnderlyingType(info.Type) is { } inner => Name(inner),
            { IsGenericType: true } =>
                $"{Name(info.Type)}<{string.Join(", ", info.GenericTypeArguments.Select(Written))}>",
            _ => Name(info.Type),
        }
        + (info.ReadState == NullabilityState.Nullable ? "?" : "");

    /// <summary>Ours with the folder, for Marten keeps the full name beside the event; others by their own.</summary>
    static string Name(Type type) =>
        (type.Namespace is { } folder && folder.StartsWith("AccountGuard.") ? $"{folder[13..]}." : "")
        + type.Name.Split('`')[0];
}
