namespace AccountGuard.Demonstration;

/// <summary>Writes the rows of account changes: what is known of a filing, and invented details of its form.</summary>
internal sealed class ChangesFile(NumberPermutation numbers, People people, int holders, int seed)
{
    public const string Header =
        "source,request_id,kind,number,filed_on,received_on,entered_on,channel,office,entered_by,decided_by," +
        "new_account,previous_account,account_holder,proof,proxy,address_of_record,address_since";

    private const int Offices = 312, Clerks = 12, Chiefs = 3;

    public void Write(CsvFile csv, DeliveredRow row, DateOnly entered)
    {
        var filing = row.Filing;
        csv.Field(filing.Source);
        csv.Field(filing.RequestId);
        csv.Field(filing.KindText ?? (row.Cancels ? "cancel" : Written(filing.Kind)));
        WriteNumber(csv, filing, entered);
        if (row.Cancels)
        {
            WriteRestOfCancellation(csv, entered);
        }
        else
        {
            csv.Field(filing.FiledOn);
            csv.Field(filing.ReceivedOn);
            csv.Field(filing.EnteredOn);
            WriteForm(csv, filing);
        }

        csv.EndRow();
    }

    /// <summary>
    /// The form of the number hangs on the day too: a row that comes again may write its number otherwise.
    /// </summary>
    private void WriteNumber(CsvFile csv, Filing filing, DateOnly entered)
    {
        csv.Next();
        if (filing.NumberText is { } text)
        {
            csv.Put(System.Text.Encoding.UTF8.GetBytes(text));
            return;
        }

        var draw = SplitMix64.For(seed, Purpose.NumberForms, filing.Serial * 1_024 + entered.DayNumber % 1_024);
        NumberForms.Put(csv, numbers.NumberAt(filing.Position), ref draw);
    }

    /// <summary>A cancellation is read by source, request and number only.</summary>
    private static void WriteRestOfCancellation(CsvFile csv, DateOnly entered)
    {
        csv.Field(""u8);
        csv.Field(""u8);
        csv.Day(entered);
        for (var column = 0; column < 11; column++)
        {
            csv.Field(""u8);
        }
    }

    private void WriteForm(CsvFile csv, Filing filing)
    {
        var draw = SplitMix64.For(seed, Purpose.Paperwork, filing.Serial);
        csv.Field(filing.ChannelText ?? Written(filing.Channel));
        var office = 101 + 7 * draw.Below(Offices);
        csv.Next();
        csv.PutDigits(office, 4);
        WriteClerk(csv, "clerk-"u8, office, draw.Below(Clerks));
        WriteClerk(csv, "chief-"u8, office, draw.Below(Chiefs));
        if (filing.Kind == ChangeKind.Account)
        {
            WriteAccount(csv, filing, ref draw);
        }
        else
        {
            WriteAddress(csv, filing, ref draw);
        }
    }

    /// <summary>The new account as the row of the filing says it.</summary>
    public string NewAccountOf(Filing filing)
    {
        var draw = SplitMix64.For(seed, Purpose.Paperwork, filing.Serial);
        foreach (var limit in (ReadOnlySpan<int>)[Offices, Clerks, Chiefs])
        {
            draw.Below(limit);
        }

        return NewAccount(filing, ref draw);
    }

    /// <summary>The account that the holder of a number had before.</summary>
    public string PreviousAccountOf(int position)
    {
        var previous = SplitMix64.For(seed, Purpose.Accounts, position);
        return AccountText.Domestic(ref previous);
    }

    private static string NewAccount(Filing filing, ref SplitMix64 draw) => filing.NewAccount
        ?? (filing.Channel == Channel.Abroad ? AccountText.Abroad(ref draw) : AccountText.Domestic(ref draw));

    private void WriteAccount(CsvFile csv, Filing filing, ref SplitMix64 draw)
    {
        var person = people.Of(filing.Position);
        csv.Field(NewAccount(filing, ref draw));
        csv.Field(PreviousAccountOf(filing.Position));
        csv.Next();
        person.PutKana(csv);
        csv.Field(filing.Channel switch
        {
            Channel.Online => "registered-account"u8,
            Channel.Abroad => "none"u8,
            _ => draw.Below(100) < 55 ? "bank-stamp"u8 : "passbook-copy"u8,
        });
        csv.Next();
        if (filing.Channel == Channel.Proxy)
        {
            people.Of(draw.Below(holders)).PutName(csv);
        }

        csv.Next();
        person.Home.Put(csv);
        csv.Day(new DateOnly(1985, 4, 1).AddDays(draw.Below(10_500)));
    }

    /// <summary>The address moved to, since the day of filing where that is known.</summary>
    private static void WriteAddress(CsvFile csv, Filing filing, ref SplitMix64 draw)
    {
        csv.Field(""u8);
        csv.Field(""u8);
        csv.Field(""u8);
        csv.Field("none"u8);
        csv.Field(""u8);
        csv.Next();
        Address.Draw(ref draw).Put(csv);
        csv.Day(filing.Days.Earliest);
    }

    private static void WriteClerk(CsvFile csv, ReadOnlySpan<byte> role, int office, int which)
    {
        csv.Field(role);
        csv.PutDigits(office, 4);
        csv.PutDigits(which, 2);
    }

    private static string Written(ChangeKind kind) => kind == ChangeKind.Account ? "account" : "address";

    private static string Written(Channel channel) => channel switch
    {
        Channel.Counter => "counter",
        Channel.Post => "post",
        Channel.Online => "online",
        Channel.Proxy => "proxy",
        Channel.Bank => "bank",
        Channel.Registry => "registry",
        Channel.Abroad => "abroad",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "No such channel."),
    };
}
