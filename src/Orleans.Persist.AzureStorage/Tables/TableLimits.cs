namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>The Table service's bounds. They are enforced here, before anything is sent, since the emulator does not enforce them all.</summary>
/// <remarks>"Understanding the Table service data model" and "Performing entity group transactions" of the REST reference.</remarks>
internal static class TableLimits
{
    /// <summary>The most operations of one transaction.</summary>
    public const int Operations = 100;

    /// <summary>The most bytes of one transaction's request.</summary>
    public const int TransactionBytes = 4 << 20;

    /// <summary>The most bytes of an entity, as the service counts them.</summary>
    public const int EntityBytes = 1 << 20;

    /// <summary>The most bytes of a binary property; a text has half as many characters.</summary>
    public const int PropertyBytes = 64 << 10;

    /// <summary>The most properties of an entity beside its keys and its time stamp.</summary>
    public const int Properties = 252;

    /// <summary>The most bytes of a partition or row key, two a character.</summary>
    public const int KeyBytes = 1 << 10;

    /// <summary>The most characters of a property's name.</summary>
    public const int NameCharacters = 255;

    /// <summary>The most rows of one page of a query.</summary>
    public const int PageRows = 1000;
}
