namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>The columns of a CSV, and the indexes of those that are attributes of the event (-1: none).</summary>
internal sealed record CsvColumns(string[] Names, int Id, int Subject, int Type, int Time)
{
    /// <summary>Whether a column is an attribute and so not part of the payload.</summary>
    public bool IsAttribute(int column) => column == Id || column == Subject || column == Type || column == Time;
}
