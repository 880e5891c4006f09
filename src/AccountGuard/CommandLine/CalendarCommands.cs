using System.CommandLine;
using AccountGuard.Payments;

namespace AccountGuard.CommandLine;

/// <summary>Commands that decide about pay-days: closing, hand-off, deadline, days (Rules 21, 22).</summary>
public static class CalendarCommands
{
    public static IEnumerable<Command> All(Option<bool> json) =>
    [
        SetClosingCommand(json),
        Deadline("set-hand-off", "Sets when the files of a pay-day go to the bank.", DeadlineKind.HandOff,
            "The files of the pay-day {0} go to the bank at {1}", json),
        Deadline("set-decision-deadline", "Sets until when a verdict or a hold reaches the files of a pay-day.",
            DeadlineKind.Decisions, "Verdicts and holds reach the files of the pay-day {0} until {1}", json),
        AddCorrectionDayCommand(json), AddBankHolidayCommand(json),
    ];

    private static Command SetClosingCommand(Option<bool> json)
    {
        var payDay = new Argument<string>("PAY-DAY");
        var day = new Argument<string>("DAY");
        return ServiceCommands.Command("set-closing", "Sets the closing date of a pay-day; the queue is ranked anew.",
            json, [payDay, day], async (session, parsed) =>
            {
                var closesOn = FactCommands.DayOf(parsed.GetRequiredValue(day));
                var paidOn = FactCommands.DayOf(parsed.GetRequiredValue(payDay));
                var isNew = await SetClosing.RunAsync(
                    session.At, paidOn, closesOn, session.At.Clock.GetUtcNow(), session.Cancel);
                await FactCommands.FinishAsync(session);
                Printing.Write(session, new { payDay = paidOn, closesOn, set = isNew },
                    $"The pay-day {paidOn:O} closes on {closesOn:O}{AsBefore(isNew)}.");
                return 0;
            });
    }

    private static Command Deadline(
        string name, string description, DeadlineKind kind, string said, Option<bool> json)
    {
        var payDay = new Argument<string>("PAY-DAY");
        var instant = new Argument<string>("INSTANT") { Description = "YYYY-MM-DDThh:mm with Z or ±hh:mm." };
        return ServiceCommands.Command(name, description, json, [payDay, instant], async (session, parsed) =>
        {
            var paidOn = FactCommands.DayOf(parsed.GetRequiredValue(payDay));
            var fallsAt = FactCommands.InstantOf(parsed.GetRequiredValue(instant));
            var isNew = await SetDeadline.RunAsync(
                session.At, paidOn, kind, fallsAt, session.At.Clock.GetUtcNow(), session.Cancel);
            Printing.Write(session, new { payDay = paidOn, fallsAt, set = isNew },
                string.Format(said, $"{paidOn:O}", $"{fallsAt:yyyy-MM-ddTHH:mmzzz}") + $"{AsBefore(isNew)}.");
            return 0;
        });
    }

    private static Command AddCorrectionDayCommand(Option<bool> json)
    {
        var day = new Argument<string>("DAY") { Description = "A bank day of an odd month." };
        var closing = new Option<string?>("--closes")
        {
            Description = "Its closing date; the 20th of the month before unless given.",
        };
        return ServiceCommands.Command("add-correction-day", "Adds a pay-day on which corrections are paid.", json,
            [day, closing], async (session, parsed) =>
            {
                var payDay = FactCommands.DayOf(parsed.GetRequiredValue(day));
                var isNew = await AddCorrectionDay.RunAsync(session.At, payDay,
                    parsed.GetValue(closing) is { } text ? FactCommands.DayOf(text) : null,
                    session.At.Clock.GetUtcNow(), session.Cancel);
                await FactCommands.FinishAsync(session);
                Printing.Write(session, new { payDay, added = isNew }, isNew
                    ? $"Corrections are paid on {payDay:O}."
                    : $"{payDay:O} is a pay-day already; set-closing changes its closing date.");
                return 0;
            });
    }

    private static Command AddBankHolidayCommand(Option<bool> json)
    {
        var day = new Argument<string>("DAY");
        var reason = new Option<string>("--reason") { Required = true };
        return ServiceCommands.Command("add-bank-holiday",
            "Banks are closed on a day after all; what is paid on it is paid on the bank day before.", json,
            [day, reason], async (session, parsed) =>
            {
                var closedOn = FactCommands.DayOf(parsed.GetRequiredValue(day));
                var isNew = await AddBankHoliday.RunAsync(session.At, closedOn, parsed.GetRequiredValue(reason),
                    session.At.Clock.GetUtcNow(), session.Cancel);
                await FactCommands.FinishAsync(session);
                Printing.Write(session, new { closedOn, added = isNew },
                    $"Banks are closed on {closedOn:O}{AsBefore(isNew)}.");
                return 0;
            });
    }

    private static string AsBefore(bool isNew) => isNew ? "" : ", as before";
}
