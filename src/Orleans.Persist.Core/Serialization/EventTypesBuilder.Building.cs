using System.Reflection;
using System.Text.Json.Serialization;

namespace Orleans.Persist.Serialization;

public sealed partial class EventTypesBuilder<TEvent>
{
    /// <summary>Adds what the attributes describe, see <see cref="EventTypes{TEvent}.Default"/>.</summary>
    internal static void AddFound(EventTypesBuilder<TEvent> builder)
    {
        var derived = typeof(TEvent).GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).ToList();
        var types = derived.Select(attribute => attribute.DerivedType)
            .Concat(Loadable(typeof(TEvent).Assembly).Where(type => type.IsDefined(typeof(EventTypeAttribute), inherit: false)))
            .Append(typeof(TEvent))
            .Where(type => !type.IsAbstract && !type.ContainsGenericParameters && typeof(TEvent).IsAssignableFrom(type))
            .Distinct()
            .ToList();
        if (types.Count is 0)
        {
            throw new InvalidOperationException(
                $"No event types of {typeof(TEvent)} were found: it is not concrete, has no [JsonDerivedType], and no concrete type of its assembly that derives from it has an [EventType]. "
                + "Add these attributes, or make the registry with EventTypes.Create.");
        }

        var add = typeof(EventTypesBuilder<TEvent>).GetMethod(nameof(AddAs), BindingFlags.Instance | BindingFlags.NonPublic)!;
        foreach (var type in types)
        {
            var discriminator = derived.Find(attribute => attribute.DerivedType == type)?.TypeDiscriminator as string;
            add.MakeGenericMethod(type).Invoke(builder, BindingFlags.DoNotWrapExceptions, null, [discriminator], null);
        }
    }

    internal EventTypes<TEvent> Build()
    {
        foreach (var twice in _types.Where(type => type.Writer is not null).GroupBy(type => type.Type).Where(group => group.Count() > 1))
        {
            throw new InvalidOperationException(
                $"{twice.Key} is added under several names ({string.Join(", ", twice.Select(type => $"'{type.Name}'"))}). It is stored under one: Add that, and Rename the others to it.");
        }

        if (_names is null)
        {
            EachRuleConcernsSome(_tags, "Tag");
            EachRuleConcernsSome(_subjects, "Subject");
        }

        var readers = new Dictionary<string, EventVersions<TEvent>>(StringComparer.Ordinal);
        foreach (var versions in _types.GroupBy(type => type.Name, StringComparer.Ordinal))
            readers.Add(versions.Key, new EventVersions<TEvent>(versions.Select(type => type.Reader(_codecs)).ToList()));
        foreach (var name in _dropped)
        {
            if (!readers.TryAdd(name, new EventVersions<TEvent>([])))
                throw new InvalidOperationException($"The event type '{name}' is both registered and dropped.");
        }

        foreach (var (oldName, target) in _renamed.Where(pair => !IsLearned(pair.Key, readers)).ToDictionary(pair => pair.Key, pair => Target(pair.Key, readers), StringComparer.Ordinal))
        {
            if (!readers.TryAdd(oldName, target))
                throw new InvalidOperationException($"The event type '{oldName}' is both registered or dropped, and renamed.");
        }

        var writers = _types.Where(type => type.Writer is not null).ToDictionary(type => type.Type, type => type.Writer!(_codecs));
        return new EventTypes<TEvent>(readers, writers, [.. _transforms], _names is null ? null : new EventTypesLearner<TEvent>(this, _names));
    }

    private static IEnumerable<Type> Loadable(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>();
        }
    }

    private static int Since<T>(IPayloadCodec<T> codec, int schemaVersion, int? compatibleSince) =>
        compatibleSince ?? (codec.ReadsOlderVersions ? 0 : schemaVersion);

    private static TRule[] RulesFor<TRule>(Type type, List<EventRule<TRule>> rules) =>
        [.. rules.Where(rule => rule.Concerns(type)).Select(rule => rule.Apply)];

    private EventRegistration<TEvent> Registration<T>(string name, int schemaVersion, IPayloadCodec<T>? codec, int? compatibleSince)
        where T : TEvent
    {
        IPayloadCodec<T>? chosen = codec;
        return new EventRegistration<TEvent>(
            name,
            schemaVersion,
            typeof(T),
            codecs =>
            {
                var reading = chosen ??= codecs.Create<T>();
                return new EventReader<TEvent>(schemaVersion, Since(reading, schemaVersion, compatibleSince)) { One = data => reading.Read(data) };
            },
            codecs =>
            {
                var writing = chosen ??= codecs.Create<T>();
                return new EventWriter<TEvent>
                {
                    Name = name,
                    SchemaVersion = schemaVersion,
                    ContentType = writing.ContentType,
                    Encode = (@event, output) => writing.Write((T)@event!, output),
                    TagRules = RulesFor(typeof(T), _tags),
                    SubjectRules = RulesFor(typeof(T), _subjects),
                    HasTransform = _transforms.Exists(rule => rule.Concerns(typeof(T))),
                };
            });
    }

    private void AddAs<T>(string? discriminator)
        where T : TEvent
    {
        if (discriminator is null || typeof(T).IsDefined(typeof(EventTypeAttribute), inherit: false))
            Add<T>();
        else
            Add<T>(discriminator);
    }

    private void Register<T>(string name, int schemaVersion)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(schemaVersion);
        if (_types.Find(type => type.Name == name && type.SchemaVersion == schemaVersion) is { } other)
        {
            throw new InvalidOperationException(
                $"The event type '{name}' with the schema version {schemaVersion} is registered twice, for {other.Type} and {typeof(T)}.");
        }
    }

    private void EachRuleConcernsSome<TRule>(List<EventRule<TRule>> rules, string what)
    {
        var useless = rules.Find(rule => !_types.Exists(type => type.Writer is not null && rule.Concerns(type.Type)));
        if (useless is not null)
            throw new InvalidOperationException($"There is a {what} for {useless.Type}, but neither that nor a type derived from it is added.");
    }

    private EventVersions<TEvent> Target(string oldName, Dictionary<string, EventVersions<TEvent>> readers)
    {
        var name = oldName;
        for (var steps = 0; _renamed.TryGetValue(name, out var next); name = next)
        {
            if (++steps > _renamed.Count)
                throw new InvalidOperationException($"The event type '{oldName}' is renamed in a circle.");
        }

        return readers.GetValueOrDefault(name)
            ?? throw new InvalidOperationException($"The event type '{oldName}' is renamed to '{name}', which is not registered.");
    }
}
