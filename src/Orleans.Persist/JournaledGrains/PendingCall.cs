using Orleans.Serialization;

namespace Orleans.Persist.JournaledGrains;

/// <summary>A call that a handler has made and may be waiting for.</summary>
internal abstract class PendingCall(int number)
{
    /// <summary>Which of the turn's calls it is, from 0.</summary>
    public int Number => number;

    /// <summary>The reply that has arrived, to be stored.</summary>
    public abstract RecordedReply Record(Serializer serializer);

    /// <summary>Gives the reply that has arrived to the handler, which goes on within this.</summary>
    public abstract void Complete();

    /// <summary>Gives a stored reply to the handler, which goes on within this.</summary>
    public abstract void Complete(RecordedReply reply, Serializer serializer);
}
