namespace Orleans.Persist.Diagnostics;

/// <summary>The attributes on measurements and activities.</summary>
internal static class Attributes
{
    /// <summary>The messaging system; always <see cref="System"/>.</summary>
    public const string MessagingSystem = "messaging.system";

    /// <summary>The event source.</summary>
    public const string Destination = "messaging.destination.name";

    /// <summary>What is done to the source.</summary>
    public const string Operation = "messaging.operation.name";

    /// <summary>The kind of <see cref="Operation"/> by the conventions' list.</summary>
    public const string OperationType = "messaging.operation.type";

    /// <summary>How many events one operation has.</summary>
    public const string BatchCount = "messaging.batch.message_count";

    /// <summary>The sink.</summary>
    public const string Sink = "messaging.consumer.group.name";

    /// <summary>The type of what went wrong.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The object store.</summary>
    public const string ObjectStore = "orleans.persist.object_store";

    /// <summary>The owner of a snapshot.</summary>
    public const string Owner = "orleans.persist.owner";

    /// <summary>The kind of a process.</summary>
    public const string Process = "orleans.persist.process";

    /// <summary>The value of <see cref="MessagingSystem"/>.</summary>
    public const string System = "orleans.persist";
}
