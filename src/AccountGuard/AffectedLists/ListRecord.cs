using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;

namespace AccountGuard.AffectedLists;

/// <summary>A row of an affected list, read and keyed; its personal data still has to be sealed.</summary>
public sealed record ListRecord(
    DeliveredRow Row, PensionNumber? Number, NumberKey? Key, bool Withdraws, LeakedFields Fields, string? Code,
    string? Field)
{
    public static readonly string[] Columns = ["number", "name", "kana", "birth_date", "address", "action", "ref"];
    private const int NumberColumn = 0, NameColumn = 1, KanaColumn = 2, BirthColumn = 3, AddressColumn = 4,
        ActionColumn = 5;

    /// <summary>
    /// The tier of an addition by its own fields, 1 to 4; null for a withdrawal or a row that is no addition.
    /// </summary>
    public int? TierOfAddition => Withdraws || Code is QuarantineCode.UnknownAction or QuarantineCode.BrokenRow
        or QuarantineCode.Remainder ? null : 1 + System.Numerics.BitOperations.PopCount((uint)Fields);

    public static ListRecord Read(DeliveredRow row, KeyFile keys)
    {
        // Whatever else is wrong with the row, its number is in doubt where it can be read.
        var known = KeyedNumber.Of(row.Values[NumberColumn], keys);
        var read = new ListRecord(row, known?.Number, known?.Key, false, LeakedFields.NumberAlone, null, null);
        if (row.Problem is { } problem)
        {
            return read with { Code = problem, Field = row.Field ?? "" };
        }

        read = read with
        {
            Withdraws = row[ActionColumn] == "withdraw",
            Fields = (row[NameColumn].Length + row[KanaColumn].Length > 0 ? LeakedFields.Name : 0)
                | (row[BirthColumn].Length > 0 ? LeakedFields.BirthDate : 0)
                | (row[AddressColumn].Length > 0 ? LeakedFields.Address : 0),
        };
        return !read.Withdraws && row[ActionColumn] is not ("" or "add")
            ? read with { Code = QuarantineCode.UnknownAction, Field = "action" }
            : known is not null ? read
            : read with
            {
                Code = row[NumberColumn].Length == 0 ? QuarantineCode.MissingField : QuarantineCode.NotANumber,
                Field = "number",
            };
    }

    /// <summary>
    /// The personal data of the record as JSON, for sealing: the columns that are filled, under their names.
    /// </summary>
    public byte[] Details()
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer, Sealed.AsText))
        {
            json.WriteStartObject();
            for (var i = 0; i < Row.Values.Length; i++)
            {
                if (i != NumberColumn && i != ActionColumn && !string.IsNullOrEmpty(Row.Values[i]))
                {
                    json.WriteString(Columns[i], Row.Values[i]);
                }
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

/// <summary>Fields that leaked beside the number; name and kana are one.</summary>
[Flags]
public enum LeakedFields
{
    NumberAlone = 0,
    Name = 1,
    BirthDate = 2,
    Address = 4,
}
