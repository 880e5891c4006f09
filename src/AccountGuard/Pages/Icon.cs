using Microsoft.AspNetCore.Components;

namespace AccountGuard.Pages;

/// <summary>
/// Drawn on 16 by 16, in the colour of the text beside it, which says the same. No component: a page has hundreds.
/// </summary>
public static class Icon
{
    private const string Ring = """<circle cx="8" cy="8" r="6.3"/>""";
    private const string Triangle = """<path d="M8 2L1.5 13.5h13z"/>""";

    private static readonly Dictionary<string, string> Drawings = new()
    {
        ["check"] = Ring + """<path d="M5 8.2l2.1 2.1L11 6"/>""",
        ["cross"] = Ring + """<path d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"/>""",
        ["doubt"] = Ring + """<path d="M6 6.4a2 2 0 113 1.7c-.7.4-1 .7-1 1.4M8 11.6v.1"/>""",
        ["info"] = Ring + """<path d="M8 7.3v4M8 4.7v.1"/>""",
        ["clock"] = Ring + """<path d="M8 4.5V8l2.5 1.8"/>""",
        ["eye"] = """<path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z"/>"""
            + """<circle cx="8" cy="8" r="1.9"/>""",
        ["stop"] = """<path d="M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2z"/>"""
            + """<path d="M8 4.8v4M8 11.2v.1"/>""",
        ["list"] = """<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>""",
        ["user"] = """<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 14c.4-3 2.5-4.5 5.2-4.5s4.8 1.5 5.2 4.5"/>""",
        ["mail"] = """<rect x="1.8" y="3.5" width="12.4" height="9" rx="1"/><path d="M2 4.5l6 4.5 6-4.5"/>""",
        ["tel"] =
            """<path d="M4 2h2l1 3-1.4 1.2a8 8 0 004.2 4.2L11 9l3 1v2c0 1-.8 2-2 2A10 10 0 012 4c0-1.2 1-2 2-2z"/>""",
        ["note"] = """<path d="M3.5 2h9v12h-9zM6 5.5h4M6 8h4M6 10.5h2.5"/>""",
        ["open"] = """<circle cx="8" cy="8" r="5.5"/>""",
        ["link"] = """<path d="M6.5 9.5l3-3M7 4.5l1.5-1.5a3.2 3.2 0 014.5 4.5L11.5 9"/>"""
            + """<path d="M9 11.5L7.5 13a3.2 3.2 0 01-4.5-4.5L4.5 7"/>""",
        ["remove"] = """<path d="M4 4l8 8M12 4l-8 8"/>""",
        ["warn"] = Triangle + """<path d="M8 6.5v3.2M8 11.6v.1"/>""",
    };

    private static readonly Dictionary<string, MarkupString> Icons = Drawings.ToDictionary(drawing => drawing.Key,
        drawing => new MarkupString(
            $"<svg class=\"i\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">{drawing.Value}</svg>"));

    public static MarkupString Of(string name) => Icons[name];
}
