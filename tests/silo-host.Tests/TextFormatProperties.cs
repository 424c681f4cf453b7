using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Web.CloudEvents;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>What was written comes back, whatever characters it has.</summary>
public class TextFormatProperties : ReaderTestBase
{
    [Fact]
    public void Tags_joined_and_split_are_the_same() =>
        Prop.ForAll<NonNull<string>[]>(texts =>
        {
            var tags = texts.Select(text => text.Get.Trim()).Where(tag => tag.Length > 0).ToList();
            return TagList.Split(TagList.Join(tags)).SequenceEqual(tags);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Csv_fields_come_back_as_they_were_quoted() =>
        Prop.ForAll<NonEmptyArray<NonNull<string>>>(texts =>
        {
            var values = texts.Get.Select(text => string.Concat(text.Get.Where(c => !char.IsSurrogate(c)))).ToList();
            var csv = "type,value\n" + string.Concat(values.Select(value => $"t,\"{value.Replace("\"", "\"\"")}\"\n"));

            var (events, error) = ReadAsync(csv, "f.csv").GetAwaiter().GetResult();

            return error is null && events.Select(Value).SequenceEqual(values);
        }).QuickCheckThrowOnFailure();

    private static string? Value(InputEvent @event)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(@event.Event.Data.Span));
        return document.RootElement.GetProperty("value").GetString();
    }
}
