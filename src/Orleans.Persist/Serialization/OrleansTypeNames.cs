using Orleans.Serialization.TypeSystem;

namespace Orleans.Persist.Serialization;

/// <summary>Names of types as Orleans' serializer has them: the <c>[Alias]</c> where there is one, else the CLR's full name and the assembly's, without versions.</summary>
/// <remarks>Only types that Orleans allows to be serialized are found, so that what stands in a journal cannot load others.</remarks>
public sealed class OrleansTypeNames(TypeConverter types) : IEventTypeNames
{
    /// <inheritdoc/>
    public string NameOf(Type type)
    {
        try
        {
            return types.Format(type);
        }
        catch (InvalidOperationException e)
        {
            throw new NotSupportedException($"Orleans does not serialize {type}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public Type? Find(string name) => types.TryParse(name, out var type) ? type : null;
}
