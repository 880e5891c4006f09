using AccountGuard.Letters;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// Where letters are printed and read back, one batch after the other and on a thread of its own, so that no request
/// waits for it. The development provider brings an invented sender where none is set.
/// </summary>
public sealed class PrintRoom(IConfiguration settings, bool isForDevelopment)
{
    private static readonly Sender Invented = new("架空年金支払機構（演習用）", "受取口座確認センター", "100-0099",
        "架空中央市夢見町1丁目2番3号", "03-0000-0000", ["月曜 8:30～19:00", "火～金曜 8:30～17:15", "第2土曜 9:30～16:00"]);

    private readonly SemaphoreSlim _turn = new(1);
    private LetterPrinter? _printer;

    /// <summary>Why no letter can be printed, and what to do; null where nothing is in the way.</summary>
    public string? Trouble()
    {
        try
        {
            Printer();
            return null;
        }
        catch (BadInput e)
        {
            return e.Message;
        }
    }

    /// <exception cref="BadInput">A setting or a font is missing: see <see cref="Trouble"/>.</exception>
    public async Task<T> WorkAsync<T>(Func<LetterPrinter, T> work, CancellationToken cancel)
    {
        var printer = Printer();
        await _turn.WaitAsync(cancel);
        try
        {
            return await Task.Factory.StartNew(
                () => work(printer), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looked for anew until it is there: a font may be installed meanwhile.</summary>
    private LetterPrinter Printer() => _printer ??= new LetterPrinter(
        isForDevelopment && string.IsNullOrEmpty(settings["Letters:Sender:Name"])
            ? LetterSettings.From(settings, Invented) : LetterSettings.From(settings));
}
