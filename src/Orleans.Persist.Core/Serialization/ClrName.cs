namespace Orleans.Persist.Serialization;

/// <summary>What a type is called in storage where nobody gave it a name.</summary>
internal static class ClrName
{
    /// <summary>The full name, without the assembly.</summary>
    /// <exception cref="InvalidOperationException">The type is generic: its full name has versions of assemblies in it.</exception>
    public static string Of(Type type) => type is { IsGenericType: false, FullName: { } name }
        ? name
        : throw new InvalidOperationException($"{type} is generic: the CLR's name of it has versions of assemblies in it. Give it a name of its own.");
}
