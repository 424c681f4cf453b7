using System.Runtime.InteropServices;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>What an append expects of subjects, and up to which version that has been looked up.</summary>
internal sealed class SubjectCheck(IReadOnlyCollection<SubjectVersion> expected)
{
    private readonly ulong[] _identities = [.. expected.Select(subject => IdentityOf(subject.Subject))];

    // Nothing has been looked up yet: no window reaches back so far.
    private StreamHead _checked = new("", 0, -1, 1, default);
    private SubjectConflictException? _conflict;

    /// <summary>The number of a subject, 0 for none.</summary>
    public static ulong IdentityOf(string? subject) =>
        subject is null ? 0 : Math.Max(1, StableHash.Of(MemoryMarshal.AsBytes(subject.AsSpan())));

    /// <summary>Looks up the subjects among what is durable. Not under the gate.</summary>
    public async ValueTask LookUpAsync(IJournal journal, string stream, CancellationToken cancellationToken)
    {
        var head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        SubjectConflictException? conflict = null;
        foreach (var subject in expected)
        {
            var actual = await journal.FindSubjectVersionAsync(head, subject.Subject, cancellationToken).ConfigureAwait(false);
            if (!subject.IsMetBy(actual, head.FirstVersion))
                conflict ??= new SubjectConflictException(stream, subject, actual);
        }

        (_checked, _conflict) = (head, conflict);
    }

    /// <summary>Whether what was looked up holds for what is queued too. Under the gate.</summary>
    /// <exception cref="SubjectConflictException">It does, and is not what is expected.</exception>
    public bool Holds(StreamEntry entry)
    {
        var window = entry.Subjects ??= new SubjectWindow(entry.Pending.Version);
        if (_checked.Incarnation != entry.Pending.Incarnation)
            return false;
        foreach (var identity in _identities)
        {
            if (window.MayContain(identity, _checked.Version))
                return false;
        }

        return _conflict is null ? true : throw _conflict;
    }
}
