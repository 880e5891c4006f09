using System.Text;

namespace AccountGuard.Payments;

/// <summary>
/// The four files of a pay-run and its summary in a folder. They are written under other names and get their own at the
/// end, the summary last: where it stands, all stand.
/// </summary>
public sealed class PayRunFolder : IDisposable
{
    private const string Summary = "summary.json";
    private const string Signature = "summary.json.jws";
    private const string Unfinished = ".part";

    // EWOULDBLOCK, as .NET hands it on.
    private const int WouldBlock = 11;

    private readonly string _path;
    private readonly List<FileStream> _outputs = [];

    /// <summary>Begins the four files; the folder is made where it is missing.</summary>
    public PayRunFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path);
        try
        {
            foreach (var name in PayRunStandings.Names)
            {
                _outputs.Add(Create(name));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>By standing.</summary>
    public IReadOnlyList<Stream> Outputs => _outputs;

    /// <summary>Writes the summary and its signature, and all of it to disk.</summary>
    /// <exception cref="BadInput">The folder holds another run, or other files of these names: nothing is overwritten.
    /// </exception>
    public void Complete(PayRun run)
    {
        var summary = Path.Combine(_path, Summary);
        if (File.Exists(summary) ? File.ReadAllText(summary) != run.SummaryText
            : PayRunStandings.Names.Append(Signature).Any(name => File.Exists(Path.Combine(_path, name))))
        {
            throw new BadInput($"The folder {_path} holds another pay-run, or one that was broken off. Nothing was "
                + "written: name another folder, or empty it.");
        }

        Write(Signature, run.Signature);
        Write(Summary, run.SummaryText);
        foreach (var output in _outputs)
        {
            output.Flush(flushToDisk: true);
        }
    }

    /// <summary>Gives the files their names.</summary>
    public void Publish()
    {
        for (; _outputs.Count > 0; _outputs.RemoveAt(0))
        {
            // Moved while it is ours: nobody else begins a file of its name in between.
            using var output = _outputs[0];
            File.Move(output.Name, output.Name[..^Unfinished.Length], overwrite: true);
        }
    }

    /// <summary>Takes away what was not published.</summary>
    public void Dispose()
    {
        foreach (var output in _outputs)
        {
            output.Dispose();
            File.Delete(output.Name);
        }
    }

    private void Write(string name, string text)
    {
        var file = Create(name);
        _outputs.Add(file);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>For its owner alone: it is full of names and accounts.</summary>
    /// <exception cref="BadInput">Another process writes it at this moment.</exception>
    private FileStream Create(string name)
    {
        try
        {
            return new FileStream(Path.Combine(_path, name + Unfinished), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && e.HResult == WouldBlock)
        {
            throw new BadInput($"Another pay-run is written into the folder {_path} at this moment. Nothing was taken "
                + "in: run it again when that one has ended, or name another folder.");
        }
    }
}

/// <summary>Files on disk, screened together: each gets its folder, or none does.</summary>
public static class PayRunFolders
{
    /// <summary>One file into the folder itself; of several, each into a folder of its name.</summary>
    /// <exception cref="BadInput">One of the files is not sound; nothing is kept of any.</exception>
    public static async Task<IReadOnlyList<PayRun>> IntoFoldersAsync(
        this ScreenPayRun screening, IReadOnlyList<string> paths, string folder, string? id, CancellationToken cancel)
    {
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw new BadInput($"There is no file {missing}.");
        }

        if (paths.DistinctBy(Path.GetFileName).Count() < paths.Count)
        {
            throw new BadInput("Two of the files have one name, and each gets a folder of its name. Rename one.");
        }

        var (runs, folders) = (new PayRun[paths.Count], new PayRunFolder?[paths.Count]);
        try
        {
            // One more than there are processors: some wait for the disk, or for the database.
            var atOnce = new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount + 1,
                CancellationToken = cancel,
            };
            await Parallel.ForAsync(0, paths.Count, atOnce, async (no, stop) =>
            {
                var name = Path.GetFileName(paths[no]);
                await using var file = new FileStream(paths[no], FileMode.Open, FileAccess.Read, FileShare.Read, 0);
                var output = new PayRunFolder(paths.Count > 1 ? Path.Combine(folder, name) : folder);
                folders[no] = output;
                var idOfFile = paths.Count > 1 && id is not null ? $"{id}/{name}" : id;
                runs[no] = await screening.ScreenAsync(file, name, idOfFile, output.Outputs, stop);
                output.Complete(runs[no]);
            });

            // First what is known of the runs: files without it could not be made again.
            await screening.CommitAsync(cancel);
            Array.ForEach(folders, output => output!.Publish());
            return runs;
        }
        finally
        {
            Array.ForEach(folders, output => output?.Dispose());
        }
    }
}
