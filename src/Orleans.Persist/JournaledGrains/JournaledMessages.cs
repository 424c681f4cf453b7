using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Persist.Serialization;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <summary>How the messages of journaled grains are named and encoded on a silo: calls by interface and method, what grains and timers send by the name of its type; all by Orleans' serializer.</summary>
internal sealed class JournaledMessages(Serializer serializer, OrleansTypeNames types, CallNames calls) : IPayloadCodecFactory, IEventTypeNames
{
    private static readonly MethodInfo Maker = typeof(JournaledMessages).GetMethod(nameof(Make), BindingFlags.Static | BindingFlags.NonPublic)!;
    private readonly ConcurrentDictionary<Type, Func<object, JournaledMessage>> _makers = new();

    public Serializer Serializer => serializer;

    /// <summary>The message of a call, or of something that was sent.</summary>
    /// <exception cref="ArgumentException">Orleans cannot serialize it.</exception>
    public JournaledMessage Of(object content) => _makers.GetOrAdd(
        content.GetType(),
        static (type, serializer) => serializer.CanSerialize(type)
            ? Maker.MakeGenericMethod(type).CreateDelegate<Func<object, JournaledMessage>>()
            : throw new ArgumentException($"Orleans cannot serialize the message {type}: mark it with [GenerateSerializer]."),
        serializer)(content);

    /// <summary>What a call is named in errors and digests.</summary>
    public string NameOf(IInvokable call) => calls.NameOf(call.GetType()) ?? $"{call.GetInterfaceName()}/{call.GetMethodName()}";

    /// <summary>What a message is stored as.</summary>
    public string NameOf(JournaledMessage message) => NameOf(message.GetType());

    /// <inheritdoc/>
    public string NameOf(Type type)
    {
        var content = type.GenericTypeArguments[0];
        return (typeof(IInvokable).IsAssignableFrom(content) ? calls.NameOf(content) : null) ?? types.NameOf(content);
    }

    /// <inheritdoc/>
    public Type? Find(string name) => (calls.Find(name) ?? types.Find(name)) is { IsAbstract: false } content ? typeof(TypedMessage<>).MakeGenericType(content) : null;

    /// <inheritdoc/>
    public IPayloadCodec<T> Create<T>() => typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(TypedMessage<>)
        ? (IPayloadCodec<T>)Activator.CreateInstance(typeof(TypedMessageCodec<>).MakeGenericType(typeof(T).GenericTypeArguments), serializer)!
        : throw new NotSupportedException($"{typeof(T)} is no message of a journaled grain.");

    private static TypedMessage<T> Make<T>(object content)
        where T : notnull => new TypedMessage<T>((T)content);
}
