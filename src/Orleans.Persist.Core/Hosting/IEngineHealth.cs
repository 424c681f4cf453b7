namespace Orleans.Persist.Hosting;

/// <summary>How the engine of this process, or this silo, is. For health checks.</summary>
public interface IEngineHealth
{
    /// <summary>Whether the engine has started: events can be published and read.</summary>
    bool IsReady { get; }

    /// <summary>What does not work now, one sentence each; once the engine has stopped, what had not worked until then. Empty when all is well.</summary>
    IReadOnlyList<string> Problems { get; }
}
