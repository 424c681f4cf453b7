namespace Orleans.Persist.Serialization;

/// <summary>Names types of events that nobody registered, and finds them again; see <see cref="EventTypesBuilder{TEvent}.Learn"/>. Used from any thread, concurrently.</summary>
public interface IEventTypeNames
{
    /// <summary>The stable name of a type. Two types never have one name.</summary>
    /// <exception cref="NotSupportedException">Events of this type cannot be stored; the message says why.</exception>
    string NameOf(Type type);

    /// <summary>The type of this name, or null where there is none.</summary>
    Type? Find(string name);
}
