using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>The persist id of a process: what kind it is, and which one (requirement p.1). It names the stream of its events.</summary>
/// <param name="Type">The stable name of the kind; 1 to 128 characters, no <c>/</c>, not beginning with the reserved <c>$</c>.</param>
/// <param name="Key">Which one; any text that fits into a stream's name.</param>
public readonly record struct ProcessId(string Type, string Key)
{
    /// <summary>The longest name of a kind, in characters.</summary>
    public const int MaxTypeLength = 128;

    /// <summary>The stream of the process's events: <c>Type/Key</c>.</summary>
    public string Stream => string.Concat(Type, "/", Key);

    /// <summary>The process whose stream this is.</summary>
    /// <exception cref="FormatException">The name has no <c>/</c>.</exception>
    public static ProcessId OfStream(string stream)
    {
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? new ProcessId(stream[..slash], stream[(slash + 1)..]) : throw new FormatException($"'{stream}' is no persist id: it has no '/'.");
    }

    /// <summary>Throws where the name of a kind breaks the rule.</summary>
    /// <exception cref="ArgumentException">It does; the message says how.</exception>
    public static void ValidateType(string type)
    {
        StreamName.Validate(type, "process type");
        if (type.Length > MaxTypeLength || type[0] == '$' || type.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"The name of a process type has 1 to {MaxTypeLength} characters, no '/', and no '$' in front; '{type}' breaks that.");
    }

    /// <summary>Throws where the id cannot name a stream.</summary>
    /// <exception cref="ArgumentException">It can't; the message says why.</exception>
    public void Validate()
    {
        ValidateType(Type);
        ArgumentException.ThrowIfNullOrEmpty(Key);
        StreamName.Validate(Stream, "process");
    }

    /// <inheritdoc/>
    public override string ToString() => Stream;
}
