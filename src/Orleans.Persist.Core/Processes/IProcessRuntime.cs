namespace Orleans.Persist.Processes;

/// <summary>What a process sees of the host it runs in.</summary>
internal interface IProcessRuntime
{
    ProcessId Id { get; }

    long Version { get; }

    TurnContext Turn { get; }

    void SetTimer(string name, ProcessTimer? timer);

    Task SaveSnapshotAsync();
}
