namespace Orleans.Persist.Serialization;

/// <summary>Something that is done with events of a CLR type, and of those derived from it.</summary>
internal sealed record EventRule<TRule>(Type Type, TRule Apply)
{
    public bool Concerns(Type type) => Type.IsAssignableFrom(type);
}
