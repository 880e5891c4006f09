using System.Text;
using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Vault;

namespace AccountGuard.Holders;

/// <summary>A row of a file of holders, read and keyed, or a row for quarantine. An empty field says nothing.</summary>
public sealed record HolderRow(
    DeliveredRow Row, PensionNumber? Number, NumberKey? Key, bool? Protected, ReportedDay Died, UInt128 ContentKey,
    string? Code, string Field)
{
    /// <summary>In place of a day of death: a report of one was wrong.</summary>
    private const string None = "none";

    public static readonly string[] Columns =
    [
        "number", NameField, KanaField, BirthField, PostalField, AddressField, SinceField, "protected", "died_on",
        GuardianField, GuardianAddressField,
    ];

    internal const string NameField = "name", KanaField = "kana", BirthField = "birth_date",
        PostalField = "postal_code", AddressField = "address", SinceField = "address_since",
        GuardianField = "guardian_name", GuardianAddressField = "guardian_address";

    private const int NumberColumn = 0, BirthColumn = 3, PostalColumn = 4, AddressColumn = 5, SinceColumn = 6,
        ProtectedColumn = 7, DiedColumn = 8;

    public static HolderRow Read(DeliveredRow row, KeyFile keys)
    {
        // Whatever else is wrong with the row, it may say that this number's holder is protected.
        var known = KeyedNumber.Of(row.Values.ElementAtOrDefault(NumberColumn), keys)
            ?? (row.Problem == QuarantineCode.BrokenRow ? KeyedNumber.InAny(row.Values, keys).One : null);
        var waiting = new HolderRow(
            row, known?.Number, known?.Key, null, ReportedDay.Missing, 0, row.Problem, row.Field ?? "");
        if (row.Problem is not null)
        {
            return waiting;
        }

        if (known is not { Number: var number })
        {
            var code = row[NumberColumn].Length == 0 ? QuarantineCode.MissingField : QuarantineCode.NotANumber;
            return waiting with { Code = code, Field = Columns[NumberColumn] };
        }

        if (row[AddressColumn].Length == 0 && row[PostalColumn].Length + row[SinceColumn].Length > 0)
        {
            return waiting with { Code = QuarantineCode.MissingField, Field = Columns[AddressColumn] };
        }

        foreach (var column in (ReadOnlySpan<int>)[BirthColumn, SinceColumn, DiedColumn])
        {
            if (DayOf(row, column).Kind == ReportedDayKind.Unreadable)
            {
                return waiting with { Code = QuarantineCode.UnreadableField, Field = Columns[column] };
            }
        }

        bool? isProtected = bool.TryParse(row[ProtectedColumn], out var said) ? said : null;
        return isProtected is null && row[ProtectedColumn].Length > 0
            ? waiting with { Code = QuarantineCode.UnreadableField, Field = Columns[ProtectedColumn] }
            : waiting with
            {
                Protected = isProtected,
                Died = DayOf(row, DiedColumn),
                ContentKey = ContentOf(row, number, isProtected, keys),
            };
    }

    /// <summary>A death that was reported before is put right.</summary>
    public bool Lives => Code is null && SaysNone(Row);

    /// <summary>The personal data of the row as JSON, for sealing: the filled fields, under their names.</summary>
    public byte[] Details()
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer, Sealed.AsText))
        {
            json.WriteStartObject();
            for (var i = 0; i < Columns.Length; i++)
            {
                if (i is not (NumberColumn or ProtectedColumn or DiedColumn) && Row[i].Length > 0)
                {
                    json.WriteString(Columns[i], Row[i]);
                }
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static bool SaysNone(DeliveredRow row) => row[DiedColumn] == None;

    private static ReportedDay DayOf(DeliveredRow row, int column) =>
        column == DiedColumn && SaysNone(row) ? ReportedDay.Missing : ReportedDay.Parse(row[column]);

    private static UInt128 ContentOf(DeliveredRow row, PensionNumber number, bool? isProtected, KeyFile keys)
    {
        var content = new StringBuilder(256).Append(number.RevealDigits());
        for (var column = 1; column < Columns.Length; column++)
        {
            content.Append('\u001f').Append(column switch
            {
                DiedColumn when SaysNone(row) => None,
                BirthColumn or SinceColumn or DiedColumn => ReportedDay.Parse(row[column]).Canonical,
                ProtectedColumn => $"{isProtected}",
                _ => row[column],
            });
        }

        return keys.Name("holder content", Encoding.UTF8.GetBytes(content.ToString()));
    }
}
