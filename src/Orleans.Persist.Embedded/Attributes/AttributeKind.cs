namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The attributes that events are found by. The numbers are part of the keys in files.</summary>
internal enum AttributeKind : byte
{
    Type = 1,
    Subject = 2,
    SubjectPrefix = 3,
    Tag = 4,
    Id = 5,
}
