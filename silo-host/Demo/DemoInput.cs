using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>The input of a demo: a file, how to read it, and what it is.</summary>
/// <param name="File">The file.</param>
/// <param name="Format">Its format, if it was said.</param>
/// <param name="Columns">The columns that are attributes.</param>
/// <param name="Kind"><c>git</c>, <c>generated</c> or <c>file</c>.</param>
/// <param name="Description">What it is, for people.</param>
internal sealed record DemoInput(string File, EventFormat? Format, ColumnMap Columns, string Kind, string Description);
