namespace AccountGuard.Demonstration;

/// <summary>
/// Writes the 2015 incident as files to deliver, and the queue that must come of them. All of it is synthetic; the
/// sizes are the published ones at scale 1. The same scale and seed give the same bytes on every machine.
/// </summary>
public static class DemoFiles
{
    public const double DefaultScale = 1;
    public const int DefaultSeed = 2015;

    /// <summary>Writes all files, the schedule among them, into the folder. The scale is from 0.001 to 10.</summary>
    public static DemoSchedule Write(
        string folder, double scale, int seed, IProgress<(long Done, long Total)>? progress, CancellationToken cancel)
    {
        var writing = new DemoWriting(folder, new Figures(scale), seed, progress, cancel);
        Directory.CreateDirectory(folder);
        var deliveries = writing.WriteDeliveries();
        var schedule = new DemoSchedule(
            scale, seed, IncidentFile.Incident, deliveries, writing.NumbersInForce(), writing.WriteExpected());
        schedule.Write(folder);
        writing.Finish();
        return schedule;
    }
}
