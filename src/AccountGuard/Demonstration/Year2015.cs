namespace AccountGuard.Demonstration;

/// <summary>Days of the year of the incident, by name.</summary>
internal static class Year2015
{
    public static DateOnly April(int day) => new(2015, 4, day);
    public static DateOnly May(int day) => new(2015, 5, day);
    public static DateOnly June(int day) => new(2015, 6, day);
    public static DateOnly July(int day) => new(2015, 7, day);
    public static DateOnly August(int day) => new(2015, 8, day);
    public static DateOnly September(int day) => new(2015, 9, day);
    public static DateOnly October(int day) => new(2015, 10, day);
}
