using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <summary>Has a stored call go to an instance of the grain's class, whether it is the activation's or one that is rebuilt beside it.</summary>
internal sealed class ReplayTarget(object grain) : ITargetHolder
{
    public object GetTarget() => grain;

    public object? GetComponent(Type componentType) => null;
}
