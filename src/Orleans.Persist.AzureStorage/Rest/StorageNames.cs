namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>The service's rules for names of tables and containers, checked before the first request.</summary>
internal static class StorageNames
{
    private const int Shortest = 3;
    private const int Longest = 63;

    /// <exception cref="ArgumentException">The name breaks the rule; the message says it.</exception>
    public static void ValidateTable(string name)
    {
        if (name is not { Length: >= Shortest and <= Longest } || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit)
            || string.Equals(name, "tables", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"A table's name has 3 to 63 letters (a-z, A-Z) and digits, begins with a letter and is not 'tables'; '{name}' breaks that.");
        }
    }

    /// <exception cref="ArgumentException">The name breaks the rule; the message says it.</exception>
    public static void ValidateContainer(string name)
    {
        if (name is not { Length: >= Shortest and <= Longest } || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-')
            || name[0] is '-' || name[^1] is '-' || name.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException($"A container's name has 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends and no two hyphens together; '{name}' breaks that.");
        }
    }
}
