namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Attribute names of CloudEvents 1.0, and of the extensions used here.</summary>
internal static class CloudEventNames
{
    public const string SpecVersion = "specversion";
    public const string Id = "id";
    public const string Source = "source";
    public const string Type = "type";
    public const string Subject = "subject";
    public const string Time = "time";
    public const string DataContentType = "datacontenttype";
    public const string Data = "data";
    public const string DataBase64 = "data_base64";

    /// <summary>The version of an event in its stream (CloudEvents sequence extension).</summary>
    public const string Sequence = "sequence";

    /// <summary>When the journal recorded the event (CloudEvents recordedtime extension).</summary>
    public const string RecordedTime = "recordedtime";

    /// <summary>The version of the payload's schema, where it is not 1.</summary>
    public const string SchemaVersion = "schemaversion";

    /// <summary>The tags, separated by commas; a comma or backslash within a tag has a backslash before it.</summary>
    public const string Tags = "tags";

    /// <summary>Stands before a publisher's own attribute whose name is one that the journal gives.</summary>
    public const string PublisherPrefix = "publisher";

    /// <summary>Whether the journal itself gives this attribute when an event is read.</summary>
    public static bool IsGivenByJournal(string name) => name is Sequence or RecordedTime;

    /// <summary>Whether a payload of this media type is JSON and stands in <c>data</c> as such; the default of the format is.</summary>
    public static bool IsJson(string? contentType)
    {
        if (contentType is null)
            return true;
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
