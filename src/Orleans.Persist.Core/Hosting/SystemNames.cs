using Orleans.Persist.Journal;

namespace Orleans.Persist.Hosting;

/// <summary>The names of the streams and snapshot owners that the engine keeps for itself. They begin with <c>$</c>, which users' names may not.</summary>
internal static class SystemNames
{
    public const string ObjectStorePrefix = "$objects/";

    /// <summary>The stream with what a source knows of its sinks.</summary>
    public static string Ledger(string source) => Checked($"$source/{source}", "source", source);

    /// <summary>The owner of a sink's exports.</summary>
    public static string SinkExports(string source, string sink) => Checked($"$sink/{Escape(source)}/{sink}", "sink", sink);

    /// <summary>The stream with the definition of an object store, and the owner of its snapshots.</summary>
    public static string ObjectStore(string store) => Checked(ObjectStorePrefix + store, "object store", store);

    /// <summary>What the streams with a store's objects begin with.</summary>
    public static string ObjectsPrefix(string store) => $"$objects-data/{Escape(store)}/";

    /// <summary>The stream with a store's objects, as of one purge.</summary>
    public static string Objects(string store, int generation) =>
        Checked(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ObjectsPrefix(store)}{generation:D10}"), "object store", store);

    /// <summary>What the streams with the places of a source's subscriptions begin with.</summary>
    public static string SubscriptionPrefix(string source) => $"$subscription/{Escape(source)}/";

    /// <summary>The stream with the place of a subscription.</summary>
    public static string Subscription(string source, string name) => Checked(SubscriptionPrefix(source) + name, "subscription", name);

    /// <summary>The owner of a snapshot of a projection's state, over a source or one subject of it.</summary>
    public static string StateSnapshot(string source, string projection, string? subject, long number)
    {
        // A subject is no name: it may be of any length and have any characters.
        var of = subject is null ? "" : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(subject)).AsSpan(0, 16)) + "/";
        return Checked(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"$state/{Escape(source)}/{Escape(projection)}/{of}{number}"), "projection", projection);
    }

    /// <summary>The stream with the audit checkpoints of a source.</summary>
    public static string Audit(string source) => Checked($"{Orleans.Persist.Audit.AuditTrail.StreamPrefix}{source}", "source", source);

    /// <summary>A stream with keys and values of the scoped store.</summary>
    public static string ScopedStore(int partition) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"$scopes/{partition:D2}");

    /// <summary>Throws if a name breaks the rule of <see cref="StreamName"/> or begins with the reserved <c>$</c>.</summary>
    /// <exception cref="ArgumentException">It does; the message says how.</exception>
    public static void ValidateUserName(string name, string what)
    {
        StreamName.Validate(name, what);
        if (name[0] == '$')
            throw new ArgumentException($"The name of a {what} must not begin with the reserved '$': '{name}'.");
    }

    /// <summary>A name without <c>/</c>, so that what follows it cannot be taken for a part of it.</summary>
    private static string Escape(string name) =>
        name.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    private static string Checked(string composed, string what, string name)
    {
        try
        {
            StreamName.Validate(composed, what);
            return composed;
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The name of the {what} '{(name.Length > 40 ? name[..40] + '…' : name)}' does not fit into '{composed[..Math.Min(composed.Length, 60)]}…': {e.Message}", e);
        }
    }
}
