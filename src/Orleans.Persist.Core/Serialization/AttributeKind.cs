namespace Orleans.Persist.Serialization;

/// <summary>The attributes that events are found by. The numbers are part of stored keys.</summary>
public enum AttributeKind : byte
{
    /// <summary>The event's type.</summary>
    Type = 1,

    /// <summary>The aggregate it is about.</summary>
    Subject = 2,

    /// <summary>A group of aggregates: the part of a subject up to a <c>/</c> or <c>:</c>.</summary>
    SubjectPrefix = 3,

    /// <summary>One of its tags.</summary>
    Tag = 4,

    /// <summary>Its id, where the publisher gave one.</summary>
    Id = 5,
}
