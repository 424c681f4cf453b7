using System.Text;
using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.Hosting;

/// <summary>Writes a last note as it deactivates, which needs the journal to be open still.</summary>
public sealed class NotesGrain(IJournal journal, ILocalSiloDetails silo) : Grain, INotesGrain
{
    public const string Farewell = "deactivated";

    private string Stream => this.GetPrimaryKeyString();

    public async Task<long> Add(string note)
    {
        var @event = new EventData { Type = "noted", Data = Encoding.UTF8.GetBytes(note) };
        return (await journal.AppendAsync(Stream, ExpectedVersion.Any, @event)).LastVersion;
    }

    public async Task<List<string>> Read(string stream)
    {
        var notes = new List<string>();
        await foreach (var @event in journal.ReadAsync(stream, ReadRequest.All))
            notes.Add(Encoding.UTF8.GetString(@event.Data.Span));
        return notes;
    }

    public Task<string> SiloName() => Task.FromResult(silo.Name);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Add(Farewell);
}
